"""Foreign shapes in, records out: `base` is the contract of a backend kind, and each kind has a folder.

Stands on `net` and `records`. It never sees pandas, the journal or a widget.
"""
