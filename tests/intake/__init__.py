"""What brings issues in: the relay, on the real database and the real server."""
