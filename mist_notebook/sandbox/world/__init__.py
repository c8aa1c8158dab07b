"""The clouds that the sandbox serves: their catalogues, listings and restrictions."""
