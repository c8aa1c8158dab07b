"""What the form, the explorer and the panel are made of.

A part knows none of the three.
"""
