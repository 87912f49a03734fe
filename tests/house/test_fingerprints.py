"""What a workflow asks Temporal for, and in which order, changes only on purpose."""

from difflib import unified_diff

from tests.house.command_order import Order
from tests.house.workflow_source import read
from tests.house.write_fingerprints import Fingerprints, fingerprints, written

CHANGED = """
A workflow asks Temporal for something else, or in another order. Runs in flight replay this code:

1. Is it a condition or a helper that was only renamed, a new workflow, or a change that already
   stands behind workflow.patched? Then write the fingerprints anew and commit them:
   .venv/bin/python -m tests.house.write_fingerprints
2. Else put it behind a gate: docs/runbooks/change-a-workflow.md. tests/workflows/test_replay.py
   says whether old runs still replay.

{diff}
"""


def lines(prints: Fingerprints) -> list[str]:
    return [
        f"{workflow}.{entry}: {line}"
        for workflow, entries in sorted(prints.items())
        for entry, commands in sorted(entries.items())
        for line in commands
    ]


def test_order_of_commands_is_as_written_down() -> None:
    diff = "\n".join(unified_diff(lines(written()), lines(fingerprints()), "was", "is", "", "", 2))
    assert written() == fingerprints(), CHANGED.format(diff=diff)


HELPERS = """
class Timer:
    async def wait_long(self):
        await workflow.wait_condition(self.is_set, timeout=self.left)

async def told(number):
    handle = workflow.get_external_workflow_handle(number)
    await handle.signal("go_on")
"""
BASE = """
from workflows.helpers import Timer, told

class Base:
    async def write(self):
        await workflow.execute_activity_method(Acts.record, self.step, **options.RECORD)
"""
STORY = """
from workflows.base import Base
from workflows.helpers import Timer, told

class Story(Base):
    @workflow.run
    async def run(self, given):
        timer = Timer()
        {body}

    @workflow.update(name="move")
    async def move(self, command):
        await self.write()

    async def never_called(self):
        await workflow.sleep(1)
"""


def entries(*body: str) -> dict[str, list[str]]:
    """The fingerprint of a workflow with this body of `run`."""
    story = STORY.format(body="\n        ".join(body))
    known = {
        "workflows.helpers": read(HELPERS),
        "workflows.base": read(BASE),
        "workflows.story": read(story),
    }
    return Order.within("Story", "workflows.story", known).entries()


def order(*body: str) -> list[str]:
    return entries(*body)["run"]


def test_order_is_seen() -> None:
    one, other = "await workflow.sleep(5)", "workflow.upsert_memo(self.memo)"
    assert order(one, other) == ["timer", "upsert_memo self.memo"]
    assert order(other, one) == ["upsert_memo self.memo", "timer"]


def test_helpers_are_followed_into_other_files_and_base_classes() -> None:
    assert order("await self.write()", "await timer.wait_long()", "await told(given)") == [
        "write()",
        "  activity Acts.record",
        "wait_long()",
        "  timer",
        "told()",
        "  signal 'go_on'",
    ]


def test_conditions_and_loops_around_commands_are_seen() -> None:
    body = ("while self.open:", "    if workflow.patched('p'):", "        await workflow.sleep(1)")
    assert order(*body) == [
        "while self.open",
        "  condition",
        "    patched 'p'",
        "  if workflow.patched('p')",
        "    timer",
    ]


def test_what_asks_for_nothing_is_left_out() -> None:
    body = ("if given:", "    self.told = True", "workflow.set_current_details('x')")
    assert "run" not in entries(*body)


def test_arguments_come_before_the_call_they_are_for() -> None:
    body = "await workflow.execute_child_workflow(Meeting.run, await self.write())"
    assert order(body) == ["write()", "  activity Acts.record", "child Meeting.run"]


def test_every_entry_point_is_walked() -> None:
    found = entries("await workflow.execute_child_workflow(Meeting.run, given)")
    assert found["move"] == ["write()", "  activity Acts.record"]
    assert "never_called" not in found


def test_recursion_ends() -> None:
    assert order("await workflow.sleep(1)", "await self.run(given)") == ["timer"]
