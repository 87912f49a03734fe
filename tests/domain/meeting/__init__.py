"""The law of meetings: every step, every party, every way it can end."""
