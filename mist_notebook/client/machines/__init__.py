"""A machine as a person holds it: what it is, what can be done to it, and how it is looked at."""
