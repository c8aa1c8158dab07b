"""From a typed line to a command and its options: words, mending, and what would be right."""
