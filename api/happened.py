"""What happened, in the words of what came of it: a rung by its acts, a breach by its deadline."""

from collections.abc import Mapping
from typing import Any

from catalogue import label, say
from domain.events import EventName
from domain.meeting.words import MeetingEvent
from domain.sla import RungAct
from domain.vocabulary import WithdrawalReason

_JOINED = {"zh": "，"}


def event_label(name: str, details: Mapping[str, Any], locale: str) -> str:
    """The label of an event; the plain one where its details do not tell more."""
    said = ""
    if name == EventName.RUNG_CLIMBED:
        said = _of_rung(details, locale)
    if name == EventName.DEADLINE_BREACHED:
        said = _of_breach(details, locale)
    if name == EventName.WITHDRAWN and details.get("why") in tuple(WithdrawalReason):
        said = label("withdrawal", str(details["why"]), locale)
    return said or label("event", name, locale)


def meeting_event_label(name: str, details: Mapping[str, Any], locale: str) -> str:
    """The same of a meeting: who only proposes another time has not reported in."""
    if name == MeetingEvent.PARTY_REPORTED_IN and details.get("comes") is False:
        return label("meeting_happened", "other_time_proposed", locale)
    return label("meeting_event", name, locale)


def _of_rung(details: Mapping[str, Any], locale: str) -> str:
    """Every act of a rung; rungs recorded before acts were told have none."""
    acts = [_act(str(act), details.get("level"), locale) for act in details.get("acts") or ()]
    return _JOINED.get(locale, ", ").join(acts)


def _act(act: str, level: str | None, locale: str) -> str:
    if act == RungAct.RAISE_LEVEL and level is not None:
        return say("rung.raised_to", locale, level=level)
    return label("rung_act", act, locale)


def _of_breach(details: Mapping[str, Any], locale: str) -> str:
    """The kind stands first in the id of a deadline."""
    kind = str(details.get("deadline") or "").partition(":")[0]
    return say("rung.breached", locale, kind=kind) if kind else ""
