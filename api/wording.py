"""The parameters of a sentence as people say them: names for codes, the place's time for instants.

Programs read `params`, where codes and instants stay as they are.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from api.problems import Problem
from api.words import exact_time, limit_words, spoken
from catalogue import label
from domain.ids import IssueNumber
from domain.reference import ReferenceKind
from domain.sla import Limit, Unit
from storage.queries import Queries
from storage.reference import ReferenceRepository, UnknownReference
from storage.session import Database, Session, Unreachable

HOME = ZoneInfo("Asia/Shanghai")
"""Where a clock is read when the place is not known."""

_INSTANTS = frozenset({"at", "claimed_at", "due_by", "proposed_at", "since", "sits_at", "until"})
_NAMED = {
    "department": ReferenceKind.DEPARTMENT,
    "departments": ReferenceKind.DEPARTMENT,
    "claimed_by": ReferenceKind.STAFF,
    "whistle_kind": ReferenceKind.WHISTLE_KIND,
}
"""Parameters that are codes, or lists of them; of a person the department is said."""
_OF_A_MEETING = re.compile(r"-M\d+$")


async def worded(database: Database, problem: Problem, number: str, locale: str) -> dict[str, str]:
    """What the sentence of a problem says instead of its parameters."""
    said = _longest(problem.params, locale) | _users(problem.params, locale)
    said |= _states(problem, locale)
    instants = {name: problem.params[name] for name in _INSTANTS & problem.params.keys()}
    codes = {name: problem.params[name] for name in _NAMED.keys() & problem.params.keys()}
    if not instants and not codes:
        return said
    zone = HOME
    try:
        async with database.read() as session:
            zone = await _zone(session, number) if instants else HOME
            said |= await _Names(session, locale).of(codes)
    except Unreachable:  # the no itself does not wait for the database
        pass
    return said | {name: _local(text, zone) for name, text in instants.items()}


def _users(params: Mapping[str, str], locale: str) -> dict[str, str]:
    """Who uses an entry, each by its kind and its code."""
    users = (each.partition(" ") for each in params.get("used_by", "").split(",") if each)
    said = [f"{label('reference_kind', kind, locale)} {code}".strip() for kind, _, code in users]
    return {"used_by": ",".join(said)} if said else {}


def _states(problem: Problem, locale: str) -> dict[str, str]:
    """Of a meeting, in its own words: it is closed otherwise than an issue is."""
    if not problem.is_of_meeting:
        return {}
    return {
        name: ",".join(label("meeting_state", each, locale) for each in value.split(","))
        for name, value in problem.params.items()
        if name in {"state", "allowed"}
    }


def _longest(params: Mapping[str, str], locale: str) -> dict[str, str]:
    """A limit that came as its unit and its seconds, or a plain span."""
    if "longest_seconds" in params:
        return {"longest": spoken(timedelta(seconds=int(params["longest_seconds"])), locale)}
    if "longest_days" in params:  # of a worker from before seconds were told
        return {"longest": spoken(timedelta(days=int(params["longest_days"])), locale)}
    if not {"unit", "seconds"} <= params.keys():
        return {}
    limit = Limit(Unit(params["unit"]), timedelta(seconds=int(params["seconds"])))
    return {"longest": limit_words(limit, locale)}


def _local(text: str, zone: ZoneInfo) -> str:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return text
    return exact_time(instant, zone) if instant.tzinfo else text


async def _zone(session: Session, number: str) -> ZoneInfo:
    """Of the district of an issue, or of the issue that a meeting was convened for."""
    detail = await Queries(session).issue(IssueNumber(_OF_A_MEETING.sub("", number)))
    if detail is None:
        return HOME
    try:
        return await ReferenceRepository(session).zone(detail.line.district)
    except UnknownReference:
        return HOME


@dataclass(frozen=True, slots=True)
class _Names:
    """What people call what a code stands for; the code itself when nobody knows."""

    session: Session
    locale: str

    async def of(self, codes: Mapping[str, str]) -> dict[str, str]:
        """Every parameter with its codes named; several stay parted by commas."""
        return {
            name: ",".join([await self._name(_NAMED[name], each) for each in value.split(",")])
            for name, value in codes.items()
        }

    async def _name(self, kind: ReferenceKind, code: str) -> str:
        found = await ReferenceRepository(self.session).current(kind, code)
        if found is None:
            return code
        if kind is ReferenceKind.STAFF:
            return await self._name(ReferenceKind.DEPARTMENT, found.body.department)
        return str(found.body.name if self.locale == "zh" else found.body.name_en)
