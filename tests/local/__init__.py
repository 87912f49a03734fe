"""The local engine, with real servers."""
