"""A machine is asked for once and never lost: the journal, the guard, the receipt, and the steps of a creation.

Stands on `backends`, `ssh` and `records`. Who asks, and how it shows, is for the rooms above.
"""
