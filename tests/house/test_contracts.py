"""What people may command, the law knows and the workflow takes."""

import pytest
from temporalio import workflow

from domain.commands import NAMES, Command
from domain.issue import LAW
from workflows.contracts import Answer
from workflows.issue import IssueWorkflow

WORKFLOW = workflow._Definition.must_from_class(IssueWorkflow)
COMMANDS = pytest.mark.parametrize(("name", "kind"), NAMES.items())


def test_updates_are_the_commands_of_people() -> None:
    assert set(WORKFLOW.updates) == set(NAMES)


@COMMANDS
def test_update_takes_the_command_it_names(name: str, kind: type[Command]) -> None:
    update = WORKFLOW.updates[name]
    assert update.name == name
    assert update.arg_types == [kind]
    assert update.ret_type is Answer


@COMMANDS
def test_update_is_refused_before_it_enters_history(name: str, kind: type[Command]) -> None:
    assert WORKFLOW.updates[name].validator is not None, f"{kind.__name__} needs a validator"


def test_command_has_one_name_in_one_style() -> None:
    assert len(set(NAMES.values())) == len(NAMES)
    assert [name for name in NAMES if not name.replace("_", "").islower()] == []


def test_every_command_of_people_is_in_the_law() -> None:
    assert set(NAMES.values()) <= set(LAW)


def test_nothing_in_the_workflow_is_dynamic() -> None:
    assert None not in {*WORKFLOW.updates, *WORKFLOW.signals, *WORKFLOW.queries}
