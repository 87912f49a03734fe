"""The colour of a household, which says how closely its community looks after it."""

import unicodedata
from enum import StrEnum


class Colour(StrEnum):
    """Red needs the most care."""

    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"


def plain_address(address: str) -> str:
    """What is the same however an address is spelt: width, case, blanks and marks do not matter."""
    folded = unicodedata.normalize("NFKC", address).casefold()
    return "".join(each for each in folded if each.isalnum())
