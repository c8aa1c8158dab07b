"""The clouds with a token, one file of facts for each."""
