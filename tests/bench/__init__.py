"""What the benchmark counts and how it compares; needs no server."""
