"""The law of conditions at work: alerts are applied as they are sorted, time passes in a loop.

`apply` and `apply_all` are what the sorter calls; what it may rely on stands in `intake.applying`.
`pass_time` is a step of the worker: it does what time alone changes, and hears what became of the
issues.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime

import structlog

from domain.alert import Alert, AlertKind
from domain.alerts.words import Verdict
from intake.alert_policies import AlertPolicies
from intake.applying import AlertSource, Applied, GivenAlert
from intake.counting import count_entered
from intake.turn import Turn
from storage.alerts.conditions import ConditionRepository, Due, Kept
from storage.alerts.verdicts import News, news
from storage.session import Database, Session, Unstorable

log = structlog.get_logger(__name__)

BATCH = 50


class Conditions:
    """Any number of workers may use one at once, on one database."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now
        self._policies = AlertPolicies(now)

    async def apply(
        self,
        session: Session,
        alert: Alert,
        kind: AlertKind,
        source: AlertSource,
        received_at: datetime,
    ) -> Applied:
        """The alert is counted on its condition, and what follows from it is done."""
        given = GivenAlert(alert=alert, kind=kind, source=source, received_at=received_at)
        (applied,) = await self.apply_all(session, (given,))
        return applied

    async def apply_all(self, session: Session, given: Sequence[GivenAlert]) -> tuple[Applied, ...]:
        """Many at once, in this order; repeats among them cost next to nothing."""
        turn = Turn(session, self._policies)
        if len(given) > 1:
            await turn.foresee(given)
        applied = [await turn.apply(each) for each in given]
        await turn.finish()
        return tuple(applied)

    async def judge(self, session: Session, condition: int, verdict: Verdict) -> None:
        """A verdict from elsewhere, such as the platform a camera belongs to."""
        kept = await ConditionRepository(session).locked(condition)
        if kept is not None:
            turn = Turn(session, self._policies)
            await turn.judged(kept, verdict, self._now())
            await turn.finish()

    # --- time ------------------------------------------------------------------------------------

    async def pass_time(self, now: datetime) -> int:
        """Everything of which time is due, and all news of issues; how many conditions changed.

        One transaction each, so that none holds up the others. Several workers take turns.
        """
        changed = 0
        async for heard in self._news():
            changed += await self._alone(heard.condition, now, heard)
        async for due in self._due(now):
            changed += await self._alone(due.id, now, None)
        return changed

    async def _due(self, now: datetime) -> AsyncIterator[Due]:
        after: Due | None = None
        while True:
            async with self._database.read() as session:
                batch = await ConditionRepository(session).due(now, after, BATCH)
            for due in batch:
                yield due
            if len(batch) < BATCH:
                return
            after = batch[-1]

    async def _news(self) -> AsyncIterator[News]:
        after = 0
        while True:
            async with self._database.read() as session:
                batch = await news(session, after, BATCH)
            for heard in batch:
                yield heard
            if len(batch) < BATCH:
                return
            after = batch[-1].condition

    async def _alone(self, row: int, now: datetime, heard: News | None) -> bool:
        try:
            async with self._database.begin() as session:
                kept = await ConditionRepository(session).take(row)
                if kept is None:
                    return False
                turn = Turn(session, self._policies)
                changed = await _changed(turn, kept, now, heard)
                await turn.finish()
        except Unstorable as trouble:
            log.error("condition_stuck", condition=row, error=str(trouble))  # noqa: TRY400
            return False
        count_entered(turn.entered)
        return changed


async def _changed(turn: Turn, kept: Kept, now: datetime, heard: News | None) -> bool:
    if heard is None:
        _, said = await turn.caught_up(kept, now)
        return bool(said)
    if heard.verdict is not None:
        kept = await turn.judged(kept, heard.verdict, now)
    if heard.has_ended and kept.condition.has_running_issue:
        await turn.ended(kept, now, taken_back=heard.taken_back)
    return True
