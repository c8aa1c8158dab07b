"""Completion: of commands and options from the table, of live values from memory and from the scout."""
