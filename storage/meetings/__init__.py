"""Joint meetings in SQL: the writing side for activities, the reading side for the API."""
