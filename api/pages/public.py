"""What anybody who holds a link may know of an issue: its steps, their times, departments.

No names, no words, no place: of what people wrote nothing is here. What is between departments
(returns, extensions, warnings, appeals, notes) is not told either.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from types import MappingProxyType

from api.words import local_time
from catalogue import say
from domain.events import EventName as E
from storage.views import TimelineEntry

_PLAIN = frozenset(
    {
        E.REPORTED,
        E.VERIFICATION_REQUIRED,
        E.DECLINED,
        E.CONTACTED,
        E.REPORTED_IN,
        E.CLAIMED,
        E.RESUMED,
        E.PART_COMPLETED,
        E.RESOLVED,
        E.EVALUATED,
        E.LEFT_UNANSWERED,
        E.WITHDRAWN,
        E.MARKED_DUPLICATE,
        E.MEETING_CONVENED,
        E.SETTLED,
    }
)
_BY_WORD: Mapping[E, tuple[str, Mapping[bool, str | None]]] = MappingProxyType(
    {
        E.VERIFIED: ("confirmed", {True: "issue_verified", False: "not_confirmed"}),
        E.SUSPENSION_DECIDED: ("approved", {True: "suspended", False: None}),
    }
)
"""Steps that depend on what was said: the field that says it, and what is told then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicStep:
    """One line of the public timeline."""

    said: str
    at: str
    when: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How a timeline is told: in which language, by which clock, with which names."""

    locale: str
    zone: tzinfo
    departments: Mapping[str, str]

    def steps(self, entries: Iterable[TimelineEntry]) -> tuple[PublicStep, ...]:
        return tuple(
            PublicStep(said=said, at=each.at.isoformat(), when=self.time(each.at))
            for each in entries
            if (said := self._said(each))
        )

    def time(self, at: datetime) -> str:
        return local_time(at, self.zone)

    def _said(self, entry: TimelineEntry) -> str:
        word = _word(entry)
        if word is None:
            return ""
        codes = tuple(departments_of(entry))
        names = ",".join(self.departments.get(each, each) for each in codes)
        return say(f"page_step.{word}", self.locale, departments=names)


def departments_of(entry: TimelineEntry) -> Iterator[str]:
    """Whom the step is about: who was called, else whose step it is."""
    if entry.name in (E.DISPATCHED, E.TRANSFERRED):
        details = entry.details
        called = (details.get("lead"), details.get("to"), *details.get("co", ()))
        yield from (str(each) for each in called if each)
    elif entry.department:
        yield entry.department


def _word(entry: TimelineEntry) -> str | None:
    if entry.name in (E.DISPATCHED, E.TRANSFERRED):
        return str(entry.name)
    if entry.name in _BY_WORD:
        field, words = _BY_WORD[entry.name]
        return words[bool(entry.details.get(field))]
    return str(entry.name) if entry.name in _PLAIN else None
