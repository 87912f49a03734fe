"""What devices really send, and what must not come of it."""
