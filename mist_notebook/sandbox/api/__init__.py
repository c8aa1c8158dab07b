"""The V1 API over HTTP: one file of handlers for each kind of thing, one table of routes."""
