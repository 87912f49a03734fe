"""What a person is appointed to be: roles in a department and in grids, for a time."""

from dataclasses import dataclass
from datetime import datetime

from domain.actor import Actor
from domain.ids import DepartmentCode, GridCode, Subject
from domain.reference import Post
from domain.vocabulary import Role

MOST_GRIDS = 100

_RESERVED = frozenset({"engine", "wechat", "deploy.accounts"})
"""Words under which the product itself acts."""
NEVER_GIVEN = frozenset({Role.ENGINE, Role.CAMERA})
"""The engine is nobody; cameras come in with tokens of their source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """One post of one person. Never changed but by its end, so that its history stays.

    Raises:
        ValueError: it has no role or one that nobody is given, ends before it begins, or an
            instant has no zone.
    """

    id: str
    subject: Subject
    roles: tuple[Role, ...]
    department: DepartmentCode | None = None
    grids: tuple[GridCode, ...] = ()
    post: Post | None = None
    """A or B, where the department has both; who is away is said in the reference data."""
    places: tuple[GridCode, ...] = ()
    """Where it holds: its grids, and that of its department when it was made."""
    since: datetime
    until: datetime | None = None
    appointed_by: Subject

    def __post_init__(self) -> None:
        if not self.roles or NEVER_GIVEN.intersection(self.roles):
            raise ValueError("an appointment needs roles that people have")
        if len(self.grids) > MOST_GRIDS:
            raise ValueError("an appointment has too many grids")
        if self.since.tzinfo is None or (self.until and self.until.tzinfo is None):
            raise ValueError("instants need a zone")
        if self.until is not None and self.until < self.since:
            raise ValueError("an appointment ends after it begins")

    def is_in_force(self, at: datetime) -> bool:
        """From its first instant, and up to but without its last."""
        return self.since <= at and not self.is_over(at)

    def is_over(self, at: datetime) -> bool:
        return self.until is not None and self.until <= at

    def is_covered_by(self, actor: Actor) -> bool:
        """Whether the actor's scope holds all of it; of what holds nowhere, nobody's does."""
        return bool(self.places) and all(actor.covers(place) for place in self.places)

    @property
    def actor(self) -> Actor:
        """Who acts in this appointment."""
        return Actor(
            subject=self.subject, roles=self.roles, department=self.department, grids=self.grids
        )


def is_reserved(subject: str) -> bool:
    """Whether nobody may be called so: it is the product, a provider, or a camera of a source."""
    return subject in _RESERVED or subject.startswith("provider.") or ":" in subject
