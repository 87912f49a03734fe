"""The audit log on the command line: verify, anchor, close off, check an export."""
