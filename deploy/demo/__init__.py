"""A day of a real community, played through the public API."""
