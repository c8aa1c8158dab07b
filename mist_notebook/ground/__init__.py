"""What any room may use, and what uses no room: errors, text, secrets, files, the event loop.

Stands on nothing of ours. What knows a machine, a price or a page belongs further up.
"""
