"""What is the same for every secret."""

from pydantic import SecretStr

SHORTEST_SECRET = 32
"""Characters."""


def said(secret: SecretStr | None) -> str | None:
    """The secret itself, for whoever needs it and tells nobody."""
    return None if secret is None else secret.get_secret_value()
