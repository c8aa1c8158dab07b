"""The provisioning form as data: its states, what can happen to it, and what it shows. Pure: no widgets, no I/O."""
