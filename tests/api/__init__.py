"""The API over HTTP: the real database behind it, a fake of Temporal where a workflow would be."""
