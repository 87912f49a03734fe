"""Households as administrators write them; nothing here is ever read back."""

from datetime import datetime

from pydantic import ConfigDict

from api.schemas.issues import Read
from api.schemas.text import Address, Body, Code
from domain.household import Colour


class HouseholdBody(Body):
    """Which household: an address in a grid, or everybody in it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"grid": "qj.bh.hp.fc.b3", "address": "2单元501"}]}
    )
    grid: Code
    """A building, or any other grid."""
    address: Address | None = None
    """Within the grid, as people write it when they report; kept as a keyed hash only."""


class ColourBody(HouseholdBody):
    """How closely a household is looked after."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"grid": "qj.bh.hp.fc.b3", "address": "2单元501", "colour": "red"}]
        }
    )
    colour: Colour


class HouseholdWritten(Read):
    """That it was done; what it is, is not said."""

    grid: str
    of_address: bool
    """Of an address in the grid, or else of everybody in it."""
    at: datetime
