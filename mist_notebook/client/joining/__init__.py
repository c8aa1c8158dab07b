"""How a client comes to its backends and their accounts: clouds, tokens, journals."""
