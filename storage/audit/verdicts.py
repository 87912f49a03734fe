"""What a verification of the audit log may find, and what it can be held against."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from storage.audit.links import Link


class Fault(StrEnum):
    """What is wrong with the first thing that is wrong."""

    LINK_MISSING = "link_missing"
    """A number between two others is not there: links were taken out."""
    CHAIN_BROKEN = "chain_broken"
    """A link does not follow from the one before."""
    LINK_FORGED = "link_forged"
    """Its hash is not the one that the key makes of it."""
    KEY_UNKNOWN = "key_unknown"
    """It was made with a key that this run was not given."""
    ROW_CHANGED = "row_changed"
    ROW_MISSING = "row_missing"
    CHECKPOINT_FORGED = "checkpoint_forged"
    TAIL_MISSING = "tail_missing"
    """The chain ends before the anchor: its newest links were cut off."""
    ANCHOR_DIFFERS = "anchor_differs"
    """Another chain than the one that was anchored."""
    SLIPPED_IN = "slipped_in"
    """A row that claims to be older than what was chained long ago, and never was chained."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The first bad thing: where in the chain, and which row."""

    fault: Fault
    seq: int | None = None
    source: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """What an operator keeps elsewhere: how far the chain had come at an instant."""

    seq: int
    hash: str
    sealed_at: str

    @classmethod
    def of(cls, link: Link) -> "Anchor":
        return cls(seq=link.seq, hash=link.hash.hex(), sealed_at=link.sealed_at.isoformat())


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a verification came to."""

    links: int = 0
    rows: int = 0
    closed_off: int = 0
    """Entries that a checkpoint says were let go."""
    unsealed: int = 0
    oldest_unsealed: datetime | None = None
    head: Link | None = None
    found: Found | None = None
