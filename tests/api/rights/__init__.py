"""Every route, asked in every role, from inside and from outside of what it is about."""
