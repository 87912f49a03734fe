"""Pictures as they come in: decoded in a process of their own, drawn anew, nothing else kept."""
