"""What the sandbox's catalogues are made of: a module per provider, each from pinned packages to records."""
