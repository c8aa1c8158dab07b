"""What a person holds in Python: the client, its backends and machines, jobs, the session and the one runtime.

Stands on `prices` and `provision`. Lines and widgets use these objects; they add no powers to them.
"""
