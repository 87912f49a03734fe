"""Alerts in SQL: messages as they came, what was read of them, conditions and how cameras stand."""
