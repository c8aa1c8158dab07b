"""The probe: what it asks a machine, what the answer says, and how that reads."""
