"""Fuchun estate and who acts there: every person of the demo as the actor of a token."""

from collections.abc import Mapping
from pathlib import Path

REFERENCE = Path(__file__).parent / "reference"
