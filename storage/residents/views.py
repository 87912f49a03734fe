"""Links and codes as storage hands them out; the secret itself is in neither."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.ids import IssueNumber, Subject


class LinkKind(StrEnum):
    """Who is meant to hold a link."""

    OWN = "own"
    """Who raised the issue, or for whom it was raised: they may evaluate."""
    BOARD = "board"
    """Whoever passes the notice board: they may look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLink:
    """A link to be made. `fact` names what it is made for, if that is to make one link only."""

    id: str
    number: IssueNumber
    kind: LinkKind
    subject: Subject
    """Whose word an evaluation through it is."""
    made_at: datetime
    made_by: Subject
    expires_at: datetime
    fact: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link(NewLink):
    """A link that was made; `token_sha256` is all there is of its token."""

    token_sha256: bytes
    revoked_at: datetime | None

    def is_over(self, at: datetime) -> bool:
        return at >= self.expires_at

    @property
    def may_evaluate(self) -> bool:
        return self.kind is LinkKind.OWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A code that was asked for through a link; its digits are made from its id."""

    id: str
    number: IssueNumber
    link: str
    asked_at: datetime
    expires_at: datetime
    tries: int
    used_at: datetime | None
