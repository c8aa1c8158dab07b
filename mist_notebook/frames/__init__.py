"""Records become DataFrames, and DataFrames become files; `df.mist` is here.

Stands on `charts`, `display` and `records`. It never sees a backend.
"""
