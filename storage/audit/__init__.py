"""The audit log: entries, the chain that holds them and the events, and its verification."""
