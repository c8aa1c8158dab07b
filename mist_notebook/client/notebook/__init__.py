"""What a notebook adds to a client: the session, its jobs, what it has seen, and the offers that it knows."""
