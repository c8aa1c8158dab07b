"""Where a value comes from: the person's file, the environment, a default; and the person's own terms about prices.

Stands on `ground`. What a value is used for is the business of who asks for it.
"""
