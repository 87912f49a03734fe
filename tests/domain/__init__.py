"""The law, tested without a loop, a fixture or a mock."""
