"""All SQL: rows stay here, domain objects and views come out, whoever opens a session commits."""
