"""Alerts in SQL: tokens of sources, messages as they came, and what was read of them."""
