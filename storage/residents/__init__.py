"""Links for one issue and codes for one act: what residents without an account come in by."""
