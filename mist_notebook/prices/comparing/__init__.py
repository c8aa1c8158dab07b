"""Which offers fit a wish, in which order, and why that is the answer."""
