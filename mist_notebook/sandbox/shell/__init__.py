"""The emulated shell of the machines: a fixed table of read-only commands, of which nothing runs on this computer."""
