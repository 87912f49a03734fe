"""Logs and metrics: how the engine is watched. No personal data passes through here."""
