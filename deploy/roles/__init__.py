"""Who may do what in the database: the owner migrates, the app reads and writes rows."""
