"""HTTP: every caller is an actor, every command an Update, every no a problem with a code."""
