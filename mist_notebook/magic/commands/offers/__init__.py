"""Commands that compare sizes and prices."""
