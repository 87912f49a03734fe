"""Pictures as storage hands them out."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from domain.ids import CommandId, EvidenceId, IssueNumber, Subject


class PictureRole(StrEnum):
    """What a picture shows of its issue."""

    BEFORE = "before"
    """How it was found; comes with the whistle."""
    DURING = "during"
    """Comes with a note."""
    AFTER = "after"
    """How it looks afterwards: the evidence of a resolution, or what the evaluation shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A picture as it came in: whose, under which key, and what it was made of."""

    id: EvidenceId
    uploaded_by: Subject
    key: str
    uploaded_at: datetime
    sha256: str
    original_bytes: int
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The step that pictures hang on."""

    number: IssueNumber
    command: CommandId
    role: PictureRole


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What is known of a picture; of an erased one there are no pixels."""

    id: EvidenceId
    uploaded_by: Subject
    uploaded_at: datetime
    sha256: str
    original_bytes: int
    width: int
    height: int
    stored_at: datetime | None
    role: PictureRole | None
    erased_at: datetime | None
    key_sealed: bytes | None = field(default=None, repr=False, compare=False)
    """The key of its pixels; without one they lie open, as they did before there were seals."""
    version: int | None = None
    """Of the issue, after the step it hangs on."""

    @property
    def is_there(self) -> bool:
        """Whether there are pixels to be looked at."""
        return self.stored_at is not None and self.erased_at is None
