"""The explorer of sizes and prices without its widgets: what can be chosen, what is chosen, and what that answers."""
