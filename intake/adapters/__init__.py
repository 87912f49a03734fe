"""One module for each way in which cameras speak: pure functions from bytes to alerts."""
