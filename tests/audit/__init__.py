"""The audit log: what is written, how it is chained, and what a verification notices."""
