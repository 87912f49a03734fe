"""Upkeep of what is sealed: what lies open from before, other keys, keys to be destroyed."""
