"""What every command is asked with, in a state in which it may be given."""

from collections.abc import Iterator

from api.routes.giving import path_of
from domain.commands import NAMES
from domain.issue import LAW
from domain.meeting.commands import MEETING_NAMES
from domain.meeting.meeting import MEETING_LAW
from domain.rights import Act
from tests.api.rights.ask import API, Ask, M, S, of_issue, of_meeting
from tests.api.rights.world import World
from tests.api.town import Json

_ORDER = (S.HANDLING, S.DISPATCHED, S.VERIFYING, S.DISPATCHING, S.RESOLVED, S.CLOSED)
_REASON: Json = {"text": "理由"}
_BODIES: dict[str, Json] = {
    "verify": {"confirmed": True},
    "decline": _REASON,
    "dispatch": {"lead": "water"},
    "hand_to_b": {"department": "police"},
    "return": _REASON,
    "decide_return": {"approved": False},
    "transfer": {"to": "water", **_REASON},
    "note": _REASON,
    "request_suspension": {"until": "2026-11-25T09:00:00+08:00", **_REASON},
    "decide_suspension": {"approved": False},
    "request_extension": {"by": {"unit": "working_day", "days": 1}, **_REASON},
    "decide_extension": {"approved": False},
    "waive_part": {"department": "water"},
    "resolve": _REASON,
    "evaluate": {"satisfaction": "satisfied", "solved": True},
    "appeal": _REASON,
    "decide_appeal": {"approved": False},
    "convene": _REASON,
}
_ISSUE = "QJ-2026-0000001"
_MEETING_BODIES: dict[str, Json] = {
    "add_minutes": _REASON,
    "decide": {"issue": _ISSUE, "outcome": "passed_up", **_REASON},
    "invite": {"invites": ["water"], **_REASON},
    "postpone": {"to": "2026-12-03T09:00:00+08:00", **_REASON},
    "adjourn": _REASON,
    "take_off": {"issue": _ISSUE, **_REASON},
    "complete_task": {"task": "T1", **_REASON},
    "review_task": {"task": "T1", "accepted": True},
}


def _body_of(name: str, world: World) -> Json:
    if name == "mark_duplicate":
        return {"of": world.issues[S.DISPATCHED]}
    return _BODIES.get(name, {})


def commands() -> Iterator[Ask]:
    for name, kind in NAMES.items():
        rule = LAW[kind]
        yield Ask(
            route=f"POST {API}/issues/{{number}}/{path_of(name)}",
            rows=rule.who,
            sight=Act.LIST_ISSUES,
            body=lambda world, name=name: _body_of(name, world),  # type: ignore[misc]
            **of_issue(next(each for each in _ORDER if each in rule.when)),
        )
    for name, kind in MEETING_NAMES.items():
        rule_ = MEETING_LAW[kind]
        yield Ask(
            route=f"POST {API}/meetings/{{number}}/{path_of(name)}",
            rows=rule_.who,
            sight=Act.SEE_MEETING,
            body=lambda _, name=name: _MEETING_BODIES.get(name, {}),  # type: ignore[misc]
            **of_meeting(
                next(each for each in (M.REVIEWING, M.DISCUSSING, M.PROPOSED) if each in rule_.when)
            ),
        )
