"""A Mist server as a backend kind: its wire, its machines, its probe.

`connect` is what the entry point names.
"""

from .adapter import connect as connect
