"""Commands that list what backends have, and what one has."""
