"""Files of the user's own: written whole or not at all, read without surprises, one process at a time."""
