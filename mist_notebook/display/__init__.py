"""How a thing shows, in HTML and in plain text: pages, cards, tables.

Stands on `records` and `ground`. What is to be shown is made by the rooms above; widgets have a room of their own.
"""
