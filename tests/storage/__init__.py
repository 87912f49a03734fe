"""Storage, on a real PostgreSQL with the migrated schema."""
