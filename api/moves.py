"""What moved a deadline, as sentences: extensions, and the times its clock stood still."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import pairwise

from api.words import limit_words, local_time
from catalogue import label, say
from domain.commands import DecideExtension
from domain.events import EventName
from domain.explanation import ExplainedExtension, Explanation
from domain.ids import IssueNumber
from domain.law import LAW
from domain.rights import grants as granted_to
from domain.vocabulary import Role
from storage.queries import Queries
from storage.timeline import BEGINNING

_MOST_PAGES = 5
_DECIDERS = tuple(
    role
    for who in LAW[DecideExtension].who
    for granted in granted_to(who)
    for role in granted.roles
)


@dataclass(frozen=True, slots=True)
class Grant:
    """An extension was decided at this instant, by somebody in this role."""

    at: datetime
    role: Role


async def grants(queries: Queries, number: IssueNumber) -> tuple[Grant, ...]:
    """Who decided on extensions, as far as the first pages of the timeline tell."""
    found: list[Grant] = []
    after = BEGINNING
    for _ in range(_MOST_PAGES):
        entries = await queries.timeline(number, after)
        if not entries:
            break
        after = entries[-1].version
        found += [
            Grant(each.at, _deciding(each.roles))
            for each in entries
            if each.name is EventName.EXTENSION_DECIDED and each.roles
        ]
    return tuple(found)


def _deciding(roles: tuple[Role, ...]) -> Role:
    """The role that decides, of somebody who has several."""
    return next((role for role in roles if role in _DECIDERS), roles[0])


@dataclass(frozen=True, slots=True)
class Moves:
    """Says what moved a deadline. `until` is when a suspended issue goes on by itself."""

    zone: tzinfo
    locale: str
    until: datetime | None = None
    grants: tuple[Grant, ...] = ()

    def of(self, explained: Explanation) -> tuple[str, ...]:
        return (*self._suspended(explained), *self._paused(explained), *self._extended(explained))

    def _suspended(self, explained: Explanation) -> Iterator[str]:
        settled = explained.met_at or explained.ended_at
        if self.until is not None and not explained.is_running and settled is None:
            until = local_time(self.until, self.zone)
            yield say("explanation.suspended", self.locale, until=until)

    def _paused(self, explained: Explanation) -> Iterator[str]:
        for before, after in pairwise(explained.intervals):
            if before.end is not None and before.end < after.start:
                since, until = (local_time(each, self.zone) for each in (before.end, after.start))
                yield say("explanation.was_paused", self.locale, since=since, until=until)

    def _extended(self, explained: Explanation) -> Iterator[str]:
        for each in explained.extensions:
            yield say(
                "explanation.extended",
                self.locale,
                limit=limit_words(each.limit, self.locale),
                granted=self._granted(each),
                due_by=local_time(each.moved_to, self.zone),
            )

    def _granted(self, extension: ExplainedExtension) -> str:
        at = local_time(extension.granted_at, self.zone)
        by = next((each.role for each in self.grants if each.at == extension.granted_at), None)
        if by is None:
            return say("explanation.granted", self.locale, at=at)
        role = label("role", by, self.locale)
        return say("explanation.granted_by", self.locale, at=at, role=role)
