"""Ways in beside the password, against what really is at their other end."""
