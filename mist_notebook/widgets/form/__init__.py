"""From choosing to a machine that answers: the form, its review and its progress.

Its pure state is in `state/`; what it shares with other widgets is in `parts`.
"""
