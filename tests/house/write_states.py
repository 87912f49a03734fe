"""Draws `docs/states.md` from the tables of the laws: `python -m tests.house.write_states`."""

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from catalogue import label
from domain.commands import NAMES, Command
from domain.issue import LAW
from domain.meeting.commands import MEETING_NAMES
from domain.meeting.law import MEETING_LAW
from domain.meeting.words import MeetingState
from domain.rule import Rule
from domain.vocabulary import IssueState
from tests.house.tree import ROOT

PATH = ROOT / "docs" / "states.md"
_HEAD = """\
# States of an issue

<!-- Drawn from the laws by `make states`; a test keeps it so. Do not edit. -->

Breach, level, suspension, open requests and meetings are facts beside the state, not states.
超时、升级、挂起、待决申请和联席会议是事实，不是状态。
"""
_MEETINGS = """\
# Steps of a meeting

提议 → 商议 → 决议 → 评议. Quorum, absences, postponements and tasks are facts beside the step.
法定人数、缺席、延期和任务是事实，不是步骤。
"""


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """A law, the names of its commands, and the catalogue's sections for its words."""

    law: Mapping[type[Command], Rule[Any, Any, Any]]
    names: Mapping[str, type[Command]]
    order: list[StrEnum]
    section: str = ""

    @property
    def begin(self) -> StrEnum:
        return self.order[0]

    @property
    def end(self) -> StrEnum:
        return self.order[-1]

    def name_of(self, kind: type[Command]) -> str:
        """The name people use for it; the engine's own commands keep their class's."""
        acts = {known: name for name, known in self.names.items()}
        return acts.get(kind, kind.__name__)

    def sorted(self, states: Iterable[StrEnum]) -> list[StrEnum]:
        return sorted(states, key=self.order.index)

    def moves(self, rule: Rule[Any, Any, Any]) -> Iterator[tuple[StrEnum, StrEnum]]:
        """From where to where; several targets that are also origins mean that it may stay."""
        stays = rule.when & rule.then if len(rule.when & rule.then) > 1 else frozenset()
        for origin in self.sorted(rule.when):
            for target in self.sorted(rule.then - stays):
                yield origin, target

    def diagram(self) -> Iterator[str]:
        edges: dict[tuple[StrEnum, StrEnum], list[str]] = defaultdict(list)
        for kind, rule in self.law.items():
            for move in self.moves(rule):
                edges[move].append(self.name_of(kind))
        yield "```mermaid"
        yield "stateDiagram-v2"
        for state in self.order:
            yield f"    {state} : {state} {label(f'{self.section}state', state, 'zh')}"
        yield f"    [*] --> {self.begin}"
        for origin, target in sorted(edges, key=lambda move: tuple(map(self.order.index, move))):
            yield f"    {origin} --> {target} : {', '.join(edges[origin, target])}"
        yield f"    {self.end} --> [*]"
        yield "```"

    def table(self) -> Iterator[str]:
        yield "| Command | From | To | Who | Event |"
        yield "|---|---|---|---|---|"
        for kind, rule in self.law.items():
            cells = (
                f"`{self.name_of(kind)}`",
                self.states(rule.when),
                self.states(rule.then) or "unchanged 不变",
                _labelled(f"{self.section}who", rule.who),
                _labelled(f"{self.section}event", [rule.event]),
            )
            yield f"| {' | '.join(cells)} |"

    def states(self, states: frozenset[Any]) -> str:
        if states == frozenset(self.order):
            return "any 任何"
        if states == frozenset(self.order) - {self.end}:
            return "any open 任何未结案"
        return ", ".join(self.sorted(states))


ISSUES = Drawing(law=LAW, names=NAMES, order=list(IssueState))
MEETINGS = Drawing(
    law=MEETING_LAW, names=MEETING_NAMES, order=list(MeetingState), section="meeting_"
)


def document() -> str:
    issues = [_HEAD, *ISSUES.diagram(), "", *ISSUES.table(), ""]
    return "\n".join([*issues, _MEETINGS, *MEETINGS.diagram(), "", *MEETINGS.table(), ""])


def _labelled(section: str, words: Iterable[str]) -> str:
    return ", ".join(f"{word} {label(section, word, 'zh')}" for word in words)


if __name__ == "__main__":
    PATH.parent.mkdir(exist_ok=True)
    PATH.write_text(document(), encoding="utf-8")
    sys.stdout.write(f"{PATH.relative_to(ROOT)}\n")
