"""The one door to the network: requests, limits, retries, and what went wrong in words.

Stands on `ground`. What an answer means is read by the backends and the price lists.
"""
