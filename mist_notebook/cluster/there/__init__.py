"""What runs on the machines themselves: sent as text, read by whatever Python 3 is there, with nothing of ours."""
