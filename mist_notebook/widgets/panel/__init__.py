"""The machines as cards: the panel.

What it shares with other widgets is in `parts`.
"""
