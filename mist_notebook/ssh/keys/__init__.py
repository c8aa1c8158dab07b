"""The keys that a login offers: files of this computer, and the agent's."""
