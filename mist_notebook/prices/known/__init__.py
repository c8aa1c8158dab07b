"""The offers that are known: the catalogue's, live backends', a person's own terms; how old and from where."""
