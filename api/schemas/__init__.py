"""What the API takes and gives; every name, limit and example a client's programmer reads."""
