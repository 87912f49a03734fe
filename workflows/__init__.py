"""Decide and wait: durable processes over the law."""
