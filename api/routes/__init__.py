"""Every address of the API, one module for each thing it is about."""
