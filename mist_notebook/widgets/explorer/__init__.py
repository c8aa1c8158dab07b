"""Sizes and prices with sliders: the explorer.

Its pure state is in `state/`; what it shares with other widgets is in `parts`.
"""
