"""One adapter for each kind of backend: foreign shapes to records, foreign errors to ours."""
