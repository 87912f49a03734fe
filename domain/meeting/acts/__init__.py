"""What each command of a meeting demands of the facts (guards) and makes of them (acts)."""
