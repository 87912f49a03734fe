"""Personal data sealed at rest, under data keys that the operator's own keys wrap."""
