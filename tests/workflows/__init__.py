"""Stories of issues over days and weeks, on the real server with skipped time."""
