"""The price lists that clouds publish, one file for each: what is asked for, and what its answer says.

Each stands on `reading`, and on nothing above it; which of them there are is in `lists`.
"""
