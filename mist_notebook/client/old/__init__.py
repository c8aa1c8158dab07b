"""What scripts for the old clients read and call: dicts, names, and words for what is no more; on its own feet."""
