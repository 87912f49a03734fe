"""Domain objects as JSON text and back: snapshots, commands and reference data.

Reading validates, so a document that no longer fits its class is a `ValueError` that says where.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter

from domain.alert_mapping import AlertMapping
from domain.alert_source import AlertSource
from domain.alerts.policy import AlertPolicy
from domain.calendar import CalendarDefinition
from domain.commands import Command
from domain.deadline import Deadline
from domain.issue import LAW, Issue
from domain.meeting.meeting import MEETING_LAW, Meeting
from domain.meeting.policy import MeetingPolicy
from domain.outline import GridOutline
from domain.reference import (
    Absence,
    Category,
    Department,
    District,
    Grid,
    NoticePolicy,
    ReferenceKind,
    RoutingRule,
    Staff,
    WhistleKind,
)
from domain.rule import Rule
from domain.sla import SLAPolicy

ISSUE = TypeAdapter(Issue)
DEADLINE = TypeAdapter(Deadline)
MEETING = TypeAdapter(Meeting)
ANYTHING: TypeAdapter[Any] = TypeAdapter(Any)

MODELS: Mapping[ReferenceKind, type[Any]] = {
    ReferenceKind.DISTRICT: District,
    ReferenceKind.GRID: Grid,
    ReferenceKind.GRID_OUTLINE: GridOutline,
    ReferenceKind.DEPARTMENT: Department,
    ReferenceKind.STAFF: Staff,
    ReferenceKind.ABSENCE: Absence,
    ReferenceKind.CATEGORY: Category,
    ReferenceKind.WHISTLE_KIND: WhistleKind,
    ReferenceKind.CALENDAR: CalendarDefinition,
    ReferenceKind.SLA_POLICY: SLAPolicy,
    ReferenceKind.ROUTING_RULE: RoutingRule,
    ReferenceKind.NOTICE_POLICY: NoticePolicy,
    ReferenceKind.MEETING_POLICY: MeetingPolicy,
    ReferenceKind.ALERT_MAPPING: AlertMapping,
    ReferenceKind.ALERT_SOURCE: AlertSource,
    ReferenceKind.ALERT_POLICY: AlertPolicy,
}
"""The domain class of each kind of reference data."""

_BODIES: Mapping[ReferenceKind, TypeAdapter[Any]] = {
    kind: TypeAdapter(model) for kind, model in MODELS.items()
}
_KEPT = frozenset(
    {
        ReferenceKind.CALENDAR,
        ReferenceKind.SLA_POLICY,
        ReferenceKind.ALERT_MAPPING,
        ReferenceKind.ALERT_SOURCE,
    }
)
"""Read at every step and large; the same text is the same immutable object."""
_LAWS: Mapping[type[Command], Rule[Any, Any, Any]] = {**LAW, **MEETING_LAW}
_COMMANDS: Mapping[str, TypeAdapter[Any]] = {
    rule.event: TypeAdapter(asked) for asked, rule in _LAWS.items()
}
"""Of issues and of meetings: no event of the one is an event of the other."""


def text(adapter: TypeAdapter[Any], value: object) -> str:
    """A value as JSON."""
    return adapter.dump_json(value).decode()


def command_text(command: Command) -> str:
    """The whole command, its actor included."""
    return text(_COMMANDS[_LAWS[type(command)].event], command)


def command(event_name: str, payload: str) -> Command:
    """The command an event of this name tells of.

    Raises:
        ValueError: there is no such event, or the payload does not fit its command.
    """
    adapter = _COMMANDS.get(event_name)
    if adapter is None:
        raise ValueError(f"no command makes {event_name}")
    asked: Command = adapter.validate_json(payload)
    return asked


def body_text(kind: ReferenceKind, body: object) -> str:
    """Reference data as JSON.

    Raises:
        ValueError: the body is not of the kind's class.
    """
    if not isinstance(body, MODELS[kind]):
        raise ValueError(f"{type(body).__name__} is no {kind}")  # noqa: TRY004 - a caller's value
    return text(_BODIES[kind], body)


def body(kind: ReferenceKind, document: str | bytes) -> Any:  # noqa: ANN401 - one of MODELS
    """Reference data from JSON.

    Raises:
        ValueError: the document does not fit the kind's class.
    """
    if kind in _KEPT:
        return _kept_body(kind, document)
    return _BODIES[kind].validate_json(document)


@lru_cache(maxsize=128)
def _kept_body(kind: ReferenceKind, document: str | bytes) -> Any:  # noqa: ANN401 - as `body`
    return _BODIES[kind].validate_json(document)


def body_from(kind: ReferenceKind, document: Mapping[str, Any]) -> Any:  # noqa: ANN401 - as `body`
    """Reference data from JSON that has been parsed already.

    Raises:
        ValueError: the document does not fit the kind's class.
    """
    return _BODIES[kind].validate_python(document)
