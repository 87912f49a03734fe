"""Reference data a new site starts from, and what makes it."""
