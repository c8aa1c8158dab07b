"""What kinds that ask a cloud directly are made of: lists, refusals, boot scripts, vendors' libraries, SSH's way in.

Leaves to each kind what its cloud's words mean.
"""
