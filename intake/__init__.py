"""What brings events in besides a command."""
