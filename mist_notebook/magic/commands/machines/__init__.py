"""Commands that make machines, look after them, and end them."""
