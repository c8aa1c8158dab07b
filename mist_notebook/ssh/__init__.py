"""Reaching a machine over SSH: addresses, keys, host keys, scripts, and the probe.

Stands on `ground` and `records`. Which machine, and whether it may be touched, is decided above.
"""
