"""What is seldom needed, folded away: how many, tags, limits and logins, and what the backend takes besides."""
