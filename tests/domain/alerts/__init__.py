"""The law of conditions, tested without a clock, a database or a camera."""
