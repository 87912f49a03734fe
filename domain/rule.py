"""What one row of the law says."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.authority import Who
from domain.events import EventName
from domain.facts import IssueFacts
from domain.vocabulary import IssueState

UNCHANGED: frozenset[IssueState] = frozenset()


def _nothing(_: IssueFacts, __: Any, ___: datetime) -> None:  # noqa: ANN401 - fits every guard
    """Some acts ask no more than their state and actor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row of the law: from where, to where (empty: unchanged), by whom, what it is called."""

    when: frozenset[IssueState]
    who: tuple[Who, ...]
    event: EventName
    act: Callable[[Any, Any, datetime], Any]
    then: frozenset[IssueState] = UNCHANGED
    guard: Callable[[IssueFacts, Any, datetime], None] = _nothing
    otherwise: Callable[[IssueFacts], None] = lambda _: None
    """May refuse more exactly than `wrong_state` when the state does not fit."""
