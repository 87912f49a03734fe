"""The law of conditions at work: alerts are applied as they are sorted, time passes in a loop.

`apply` is what the sorter calls; what it may rely on stands in `intake.applying`. `pass_time` is
a step of the worker: it does what time alone changes, and hears what became of the issues.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from domain.alert import Alert, AlertKind, Phase
from domain.alerts.circumstances import Circumstances
from domain.alerts.condition import Condition, ConditionKey
from domain.alerts.consequences import Consequence, Outcome
from domain.alerts.law import issue_ended, meets, passes, was_judged
from domain.alerts.policy import AlertPolicy, choose_alert_policy
from domain.alerts.standing import EVERY_CAMERA
from domain.alerts.words import Verdict
from domain.ids import IssueNumber
from intake.applying import AlertSource, Applied
from intake.carrying_out import carry_out, maintenance_of
from storage.alerts.conditions import ConditionRepository, Due, Kept
from storage.alerts.standings import Standings
from storage.alerts.verdicts import News, news
from storage.reference import ReferenceRepository
from storage.session import Database, Session, Unstorable

log = structlog.get_logger(__name__)

BATCH = 50
_POLICIES_KEPT = timedelta(seconds=10)


class Conditions:
    """Any number of workers may use one at once, on one database."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now
        self._policies: tuple[AlertPolicy, ...] = ()
        self._read_at: datetime | None = None

    # --- alerts ----------------------------------------------------------------------------------

    async def apply(
        self,
        session: Session,
        alert: Alert,
        kind: AlertKind,
        source: AlertSource,
        received_at: datetime,
    ) -> Applied:
        """The alert is counted on its condition, and what follows from it is done."""
        key = ConditionKey(source.community, alert.camera, alert.zone or None, kind)
        latest = await ConditionRepository(session).latest(key)
        around = await self._around(session, key, source.code, received_at)
        caught_up: tuple[Consequence, ...] = ()
        if latest is not None:
            latest, around, caught_up = await self._caught_up(session, latest, around)
        place = source.place or source.community
        outcome = meets(latest.condition if latest else None, alert, key, place, around)
        if outcome.condition is None or (latest and outcome.condition == latest.condition):
            return _applied(latest, (*caught_up, *outcome.consequences))
        row = latest.id if latest and not outcome.is_new else None
        kept, done = await self._do(session, row, outcome, around, received_at)
        return _applied(kept, (*caught_up, *done.consequences))

    async def _caught_up(
        self, session: Session, kept: Kept, around: Circumstances
    ) -> tuple[Kept, Circumstances, tuple[Consequence, ...]]:
        """What time had to change before this alert came, whether the loop was here or not."""
        said: tuple[Consequence, ...] = ()
        now = around.at
        while (due_at := kept.condition.due_at) is not None and due_at <= now:
            then = replace(around, at=due_at)
            outcome = passes(kept.condition, then)
            kept, done = await self._do(session, kept.id, outcome, then, now)
            said = (*said, *done.consequences)
            around = await self._around(session, kept.condition.key, kept.condition.source, now)
        return kept, around, said

    async def _do(
        self,
        session: Session,
        row: int | None,
        outcome: Outcome,
        around: Circumstances,
        now: datetime,
    ) -> tuple[Kept, Outcome]:
        kept, done = await carry_out(session, row, outcome, around, now)
        noise = maintenance_of(done)
        if noise is not None:
            await self._raise_maintenance(session, noise, kept.condition, now)
        return kept, done

    async def _raise_maintenance(
        self, session: Session, noise: AlertKind, about: Condition, now: datetime
    ) -> None:
        """Noise is a condition like any other, so however long it lasts it is one issue."""
        is_source = noise is AlertKind.SOURCE_NOISY
        alert = Alert(
            delivery_key=f"engine:{noise}",
            vendor_type=noise,
            phase=Phase.PULSE,
            camera=EVERY_CAMERA if is_source else about.key.camera,
        )
        community = about.key.community
        place = community if is_source else about.place
        source = AlertSource(code=about.source, community=community, place=place)
        await self.apply(session, alert, noise, source, now)

    # --- time ------------------------------------------------------------------------------------

    async def pass_time(self, now: datetime) -> int:
        """Everything of which time is due, and all news of issues; how many conditions changed.

        One transaction each, so that none holds up the others. Several workers take turns.
        """
        changed = 0
        async for row in self._news():
            changed += await self._alone(row.condition, now, row)
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
            for row in batch:
                yield row
            if len(batch) < BATCH:
                return
            after = batch[-1].condition

    async def _alone(self, row: int, now: datetime, heard: News | None) -> bool:
        try:
            async with self._database.begin() as session:
                kept = await ConditionRepository(session).take(row)
                return kept is not None and await self._change(session, kept, now, heard)
        except Unstorable as trouble:
            log.error("condition_stuck", condition=row, error=str(trouble))  # noqa: TRY400
            return False

    async def _change(
        self, session: Session, kept: Kept, now: datetime, heard: News | None
    ) -> bool:
        around = await self._around(session, kept.condition.key, kept.condition.source, now)
        if heard is None:
            after, _, said = await self._caught_up(session, kept, around)
            return bool(said) or after != kept
        if heard.verdict is not None:
            kept = await self._judged(session, kept, heard.verdict, around)
        if heard.has_ended and kept.condition.has_running_issue:
            await self._do(session, kept.id, issue_ended(kept.condition, around), around, now)
        return True

    # --- verdicts --------------------------------------------------------------------------------

    async def judge(self, session: Session, issue: IssueNumber, verdict: Verdict) -> None:
        """A verdict from elsewhere, such as the platform a camera belongs to."""
        kept = await ConditionRepository(session).of_issue(issue)
        if kept is None:
            return
        condition = kept.condition
        around = await self._around(session, condition.key, condition.source, self._now())
        await self._judged(session, kept, verdict, around)

    async def _judged(
        self, session: Session, kept: Kept, verdict: Verdict, around: Circumstances
    ) -> Kept:
        outcome = was_judged(kept.condition, verdict)
        if outcome.condition == kept.condition:
            return kept
        after, _ = await self._do(session, kept.id, outcome, around, around.at)
        return after

    # --- circumstances ---------------------------------------------------------------------------

    async def _around(
        self, session: Session, key: ConditionKey, source: str, at: datetime
    ) -> Circumstances:
        policies = await self._in_force(session)
        return Circumstances(
            policy=choose_alert_policy(policies, key.kind, source),
            at=at,
            standing=await Standings(session).of(source, key.camera),
        )

    async def _in_force(self, session: Session) -> tuple[AlertPolicy, ...]:
        """Read now and then: every alert asks, and they change a few times a year."""
        now = self._now()
        if self._read_at is None or not timedelta() <= now - self._read_at < _POLICIES_KEPT:
            self._policies = await ReferenceRepository(session).alert_policies()
            self._read_at = now
        return self._policies


def _applied(kept: Kept | None, consequences: tuple[Consequence, ...]) -> Applied:
    if kept is None:
        return Applied(condition=None, issue=None, consequences=consequences)
    return Applied(condition=kept.id, issue=kept.condition.issue, consequences=consequences)
