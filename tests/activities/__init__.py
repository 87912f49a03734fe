"""Side effects on the real database, each done twice."""
