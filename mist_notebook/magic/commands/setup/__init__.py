"""Commands that set up: connections, limits, the sandbox."""
