"""Pages for residents without an account: written by the server, read by any browser."""
