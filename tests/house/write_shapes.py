"""Writes the shapes of all that enters histories: `python -m tests.house.write_shapes`.

Histories live for weeks and are read by newer code: fields and words are only ever added.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields, is_dataclass
from enum import Enum
from typing import Any, get_args, get_type_hints

from activities.contracts import CouncilDue, MeetingStep, Planned, Step
from domain.commands import Command
from domain.issue import LAW, Issue
from domain.meeting.convening import Summons
from domain.meeting.council import CouncilCall
from domain.meeting.meeting import MEETING_LAW, Meeting
from domain.meeting.planning import MeetingPlan
from domain.meeting.results import MeetingDates, MeetingResult
from tests.house.tree import ROOT
from workflows.contracts import Answer, IssueInput, MeetingAnswer, MeetingInput
from workflows.council import CouncilInput

PATH = ROOT / "tests" / "house" / "shapes.json"
ROOTS: tuple[type, ...] = (
    *(Step, Planned, IssueInput, Answer, Issue, Command, *LAW),
    *(MeetingStep, MeetingPlan, MeetingInput, MeetingAnswer, Meeting, Summons, *MEETING_LAW),
    *(MeetingDates, MeetingResult, CouncilCall, CouncilInput, CouncilDue),
)
Shapes = dict[str, dict[str, str]]
"""Of each class its fields, `required` or `optional`; of each enumeration its words."""


def shapes() -> Shapes:
    """Of the roots and of everything they hold."""
    found: dict[type, dict[str, str]] = {}
    waiting = list(ROOTS)
    while waiting:
        kind = waiting.pop()
        if kind not in found:
            found[kind] = _shape(kind)
            waiting += [each for each in _held(kind) if _has_shape(each)]
    named = {kind.__name__: shape for kind, shape in found.items()}
    assert len(named) == len(found), "two classes of one name: a history cannot tell them apart"
    return dict(sorted(named.items()))


def written() -> Shapes:
    given: Shapes = json.loads(PATH.read_text(encoding="utf-8"))
    return given


def as_text() -> str:
    return json.dumps(shapes(), indent=2) + "\n"


def _has_shape(kind: object) -> bool:
    return isinstance(kind, type) and (is_dataclass(kind) or issubclass(kind, Enum))


def _shape(kind: type) -> dict[str, str]:
    if issubclass(kind, Enum):
        return {str(word.value): "word" for word in kind}
    assert is_dataclass(kind)
    return {each.name: _need(each) for each in fields(kind)}


def _need(field: Field[Any]) -> str:
    has_default = field.default is not MISSING or field.default_factory is not MISSING
    return "optional" if has_default else "required"


def _held(kind: type) -> Iterator[Any]:
    if is_dataclass(kind):
        for hint in get_type_hints(kind).values():
            yield from _parts(hint)


def _parts(hint: object) -> Iterator[object]:
    yield hint
    for argument in get_args(hint):
        yield from _parts(argument)


if __name__ == "__main__":
    PATH.write_text(as_text(), encoding="utf-8")
    sys.stdout.write(f"{PATH.relative_to(ROOT)}\n")
