"""The law of conditions: what becomes of the many alerts about one thing that a camera sees."""
