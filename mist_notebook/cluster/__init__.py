"""Machines as one Dask cluster: over SSH alone, with TLS of its own, and it ends with the notebook.

Which machines there are, and whether they may be touched, is decided below; what is typed stands in `magic`. What runs
on the machines is in `there/`, and is sent as text. `distributed` is imported when a cluster is asked for.
"""
