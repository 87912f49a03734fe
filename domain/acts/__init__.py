"""What each command demands of the facts (guards) and makes of them (acts)."""
