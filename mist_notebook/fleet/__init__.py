"""The machines one has, many at once: looks, actions, consent, and the account of what they did.

Stands on `client`. One machine by itself is `client`'s.
"""
