"""A script on a machine: how it goes over, and what is heard of it."""
