"""SSH to machines: reaching them, pinning their host keys, probing them and running scripts on them."""
