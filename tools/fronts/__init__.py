"""What `front_ends.py` is made of: the tour that is run everywhere, and front ends that are pages, or text."""
