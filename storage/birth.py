"""What an issue comes in with, and what of it is sealed before it is written."""

from dataclasses import dataclass
from datetime import datetime

from domain.ids import CategoryCode, DistrictCode, GridCode, IssueNumber, Subject, WhistleKindCode
from domain.position import Position
from domain.vocabulary import Role
from storage.models.issues import LONGEST_TEXT
from storage.nearby import exact
from storage.nearby import place_of as position_place
from storage.people import PARTS, reporter_place
from storage.said import place_of as text_place
from storage.said import storable
from storage.sealing.index import BlindIndex
from storage.sealing.seals import Sealer


@dataclass(frozen=True, slots=True, kw_only=True)
class Birth:
    """What an issue comes in with. `prefix` and the local `year` begin its number.

    `said_at` is the reporter's own clock; `away_m` how far the grid is from a position in none.
    """

    prefix: str
    year: int
    district: DistrictCode
    grid: GridCode
    category: CategoryCode
    whistle_kind: WhistleKindCode
    source: Role
    raised_by: Subject
    raised_at: datetime
    description: str
    resident: Subject | None = None
    emergency: bool = False
    at_once: bool = False
    """Nobody has to look first, whatever the whistle kind says."""
    raised_with_priority: bool = False
    reporter_name: str | None = None
    reporter_phone: str | None = None
    reporter_address: str | None = None
    said_at: datetime | None = None
    position: Position | None = None
    away_m: int | None = None


def description_of(number: IssueNumber) -> str:
    """The id of its text."""
    return f"{number}:description"


def sealed_parts(
    number: IssueNumber, birth: Birth, sealer: Sealer, index: BlindIndex
) -> dict[str, object]:
    """What people said, and what it is found by, as parameters of the insert."""
    phone, position = birth.reporter_phone, birth.position
    sealed = {
        f"_reporter_{part}_sealed": sealer.text(
            reporter_place(part, number), _storable(part, getattr(birth, f"reporter_{part}"))
        )
        for part in PARTS
    }
    exactly = exact(position) if position is not None else None
    description = storable("body", birth.description, LONGEST_TEXT)
    return {
        **sealed,
        "_reporter_phone_hash": index.phone(phone) if phone is not None else None,
        "_description_sealed": sealer.text(text_place(description_of(number)), description),
        "_grams": index.grams(description),
        **({"_exact_sealed": sealer.data(position_place(number), exactly)} if exactly else {}),
    }


def _storable(part: str, said: str | None) -> str | None:
    return None if said is None else storable(part, said, PARTS[part])
