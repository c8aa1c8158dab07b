"""Several machines of one form, and the networks, groups and volumes that a backend lists for its fields. Pure."""
