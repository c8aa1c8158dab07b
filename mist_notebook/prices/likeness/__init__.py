"""The offers that are most like one, how they differ, and what they would save."""
