"""What a wish costs, where, and why: offers, places, comparison, history, and the catalogue they come from.

Stands on `frames` and `records`. It makes nothing and holds no connection.
"""
