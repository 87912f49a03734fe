"""Stands in for the law of conditions: remembers what it was asked, and may be made to fail."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from domain.alert import Alert, AlertKind
from domain.alerts.words import Verdict
from intake.applying import AlertSource, Applied, GivenAlert
from storage.session import Session


@dataclass
class Recording:
    """What was asked in the order in which it was."""

    asked: list[GivenAlert] = field(default_factory=list)
    judged: list[tuple[int, Verdict]] = field(default_factory=list)
    trouble: Callable[[Alert], Exception | None] = lambda _: None

    async def apply(
        self,
        session: Session,
        alert: Alert,
        kind: AlertKind,
        source: AlertSource,
        received_at: datetime,
    ) -> Applied:
        given = GivenAlert(alert=alert, kind=kind, source=source, received_at=received_at)
        (applied,) = await self.apply_all(session, [given])
        return applied

    async def apply_all(self, session: Session, given: Sequence[GivenAlert]) -> tuple[Applied, ...]:
        """All or, when one makes trouble, none."""
        for each in given:
            if (error := self.trouble(each.alert)) is not None:
                raise error
        self.asked += given
        return (Applied(condition=None, issue=None, consequences=()),) * len(given)

    async def judge(self, session: Session, condition: int, verdict: Verdict) -> None:
        self.judged.append((condition, verdict))

    @property
    def names(self) -> list[str]:
        return [each.alert.delivery_key.rpartition("|")[2] for each in self.asked]
