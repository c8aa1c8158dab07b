"""What this computer's own SSH configuration says of a host: the way there, its keys, its known host keys.

Read as OpenSSH means it, and never written. Leaves the login to `ssh.login`.
"""
