"""What a person wishes of an offer, in words: sizes, GPUs, places, and a figure of their own."""
