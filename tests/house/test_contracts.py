"""What people may command, the laws know and the workflows take."""

from collections.abc import Mapping
from typing import Any

import pytest
from temporalio import workflow

from domain.commands import NAMES, Command
from domain.issue import LAW
from domain.meeting.commands import MEETING_NAMES
from domain.meeting.law import MEETING_LAW
from workflows.contracts import Answer, MeetingAnswer
from workflows.issue import IssueWorkflow
from workflows.meeting import JointMeetingWorkflow

WORKFLOW = workflow._Definition.must_from_class(IssueWorkflow)
MEETING = workflow._Definition.must_from_class(JointMeetingWorkflow)
BOTH = pytest.mark.parametrize(
    ("names", "law", "definition"),
    [(NAMES, LAW, WORKFLOW), (MEETING_NAMES, MEETING_LAW, MEETING)],
    ids=["issue", "meeting"],
)
COMMANDS = pytest.mark.parametrize(
    ("name", "kind", "definition", "answer"),
    [(name, kind, WORKFLOW, Answer) for name, kind in NAMES.items()]
    + [(name, kind, MEETING, MeetingAnswer) for name, kind in MEETING_NAMES.items()],
)
Names = Mapping[str, type[Command]]
Law = Mapping[type[Command], Any]


@BOTH
def test_updates_are_the_commands_of_people(
    names: Names, law: Law, definition: workflow._Definition
) -> None:
    assert set(definition.updates) == set(names)
    assert set(names.values()) <= set(law)


@COMMANDS
def test_update_takes_the_command_it_names(
    name: str, kind: type[Command], definition: workflow._Definition, answer: type
) -> None:
    update = definition.updates[name]
    assert update.name == name
    assert update.arg_types == [kind]
    assert update.ret_type is answer


@COMMANDS
def test_update_is_refused_before_it_enters_history(
    name: str, kind: type[Command], definition: workflow._Definition, answer: type
) -> None:
    assert definition.updates[name].validator is not None, f"{kind.__name__} needs a validator"


@BOTH
def test_command_has_one_name_in_one_style(
    names: Names, law: Law, definition: workflow._Definition
) -> None:
    assert len(set(names.values())) == len(names)
    assert [name for name in names if not name.replace("_", "").islower()] == []


@BOTH
def test_nothing_in_the_workflow_is_dynamic(
    names: Names, law: Law, definition: workflow._Definition
) -> None:
    assert None not in {*definition.updates, *definition.signals, *definition.queries}


def test_signals_are_taken_by_who_they_are_sent_to() -> None:
    from_meetings = {"meeting_scheduled", "meeting_item_settled", "called_to_council"}
    assert set(WORKFLOW.signals) == {"reckon_again"} | from_meetings
    assert set(MEETING.signals) == {"join_agenda", "leave_agenda"}
