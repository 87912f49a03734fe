"""Draws `docs/states.md` from the table of the law: `python -m tests.house.write_states`."""

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from catalogue import label
from domain.commands import NAMES, Command
from domain.issue import LAW
from domain.rule import Rule
from domain.vocabulary import IssueState
from tests.house.tree import ROOT

PATH = ROOT / "docs" / "states.md"
_HEAD = """\
# States of an issue

<!-- Drawn from `LAW` in `domain/law.py` by `make states`; a test keeps it so. Do not edit. -->

Breach, level, suspension and open requests are facts beside the state, not states.
超时、升级、挂起和待决申请是事实，不是状态。
"""
_ORDER = list(IssueState)
_ACTS = {kind: name for name, kind in NAMES.items()}


def document() -> str:
    return "\n".join([_HEAD, *_diagram(), "", *_table(), ""])


def name_of(kind: type[Command]) -> str:
    """The name people use for it; the engine's own commands keep their class's."""
    return _ACTS.get(kind, kind.__name__)


def _sorted(states: Iterable[IssueState]) -> list[IssueState]:
    return sorted(states, key=_ORDER.index)


def _moves(rule: Rule[IssueState, Any, Any]) -> Iterator[tuple[IssueState, IssueState]]:
    """From where to where; several targets that are also origins mean that it may stay."""
    stays = rule.when & rule.then if len(rule.when & rule.then) > 1 else frozenset()
    for origin in _sorted(rule.when):
        for target in _sorted(rule.then - stays):
            yield origin, target


def _diagram() -> Iterator[str]:
    edges: dict[tuple[IssueState, IssueState], list[str]] = defaultdict(list)
    for kind, rule in LAW.items():
        for move in _moves(rule):
            edges[move].append(name_of(kind))
    yield "```mermaid"
    yield "stateDiagram-v2"
    for state in IssueState:
        yield f"    {state} : {state} {label('state', state, 'zh')}"
    yield f"    [*] --> {IssueState.REPORTED}"
    for origin, target in sorted(edges, key=lambda move: tuple(map(_ORDER.index, move))):
        yield f"    {origin} --> {target} : {', '.join(edges[origin, target])}"
    yield f"    {IssueState.CLOSED} --> [*]"
    yield "```"


def _table() -> Iterator[str]:
    yield "| Command | From | To | Who | Event |"
    yield "|---|---|---|---|---|"
    for kind, rule in LAW.items():
        cells = (
            f"`{name_of(kind)}`",
            _states(rule.when),
            _states(rule.then) or "unchanged 不变",
            _labelled("who", rule.who),
            _labelled("event", [rule.event]),
        )
        yield f"| {' | '.join(cells)} |"


def _states(states: frozenset[IssueState]) -> str:
    if states == frozenset(IssueState):
        return "any 任何"
    if states == frozenset(IssueState) - {IssueState.CLOSED}:
        return "any open 任何未结案"
    return ", ".join(_sorted(states))


def _labelled(section: str, words: Iterable[str]) -> str:
    return ", ".join(f"{word} {label(section, word, 'zh')}" for word in words)


if __name__ == "__main__":
    PATH.parent.mkdir(exist_ok=True)
    PATH.write_text(document(), encoding="utf-8")
    sys.stdout.write(f"{PATH.relative_to(ROOT)}\n")
