"""An issue and the law over it; `LAW` is the only place that knows what is allowed."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from domain import commands as c
from domain.authority import may_act, may_see
from domain.facts import IssueFacts
from domain.law import LAW
from domain.rule import Bench
from domain.schedule import Due, next_due, next_instant
from domain.vocabulary import DeadlineKind, IssueState

__all__ = ["LAW", "Issue"]

_BENCH = Bench(law=LAW, may_act=may_act, may_see=may_see)


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue(IssueFacts):
    """One issue and the law over it. Every answer is a new snapshot; nothing is mutated."""

    def check(self, command: c.Command, at: datetime) -> None:
        """Ask the law.

        Raises:
            Refusal: the actor may not, the state does not fit, or the facts speak against it.
        """
        _BENCH.check(self, command, at)

    def handle(self, command: c.Command, at: datetime) -> Self:
        """The next snapshot, one version on.

        Raises:
            Refusal: as `check`.
        """
        self.check(command, at)
        changed: Self = LAW[type(command)].act(self, command, at)
        return replace(changed, version=self.version + 1, stepped_at=at)

    def due(self, at: datetime) -> Due | None:
        """The earliest thing the clocks call for by `at`, with its own instant."""
        return next_due(self, at)

    def next_instant(self) -> datetime | None:
        """When the clocks will call next; None when only people can move the issue."""
        return next_instant(self)

    @property
    def is_finished(self) -> bool:
        """Closed, and nobody may appeal or has to decide an appeal any more."""
        waiting = (DeadlineKind.APPEAL, DeadlineKind.DECIDE)
        return (
            self.state is IssueState.CLOSED
            and not self.pending
            and not any(each.kind in waiting for each in self.open_deadlines)
        )
