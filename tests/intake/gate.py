"""Cameras at a gate on a database of the test's own: real rows, real locks, no Temporal."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest_asyncio
from sqlalchemy import text

from domain import commands as c
from domain.alert import Alert, AlertKind, Phase
from domain.alerts.condition import Condition, ConditionKey
from domain.alerts.policy import AlertPolicy
from domain.alerts.standing import CameraStanding
from domain.alerts.words import Decision
from domain.ids import IssueNumber
from domain.reference import ReferenceKind
from intake.applying import AlertSource, Applied, GivenAlert
from intake.conditions import Conditions
from storage.alerts.conditions import ConditionRepository
from storage.alerts.notes import Note, Notes
from storage.alerts.standings import Standings
from storage.queries import Queries
from storage.session import Database, Session
from storage.views import IssueDetail
from tests.activities.desk import FURNITURE, ORIGIN, written
from tests.builders import GRID, GRID_WORKER, NOON, an_actor, asked
from tests.domain.alerts.watching import COMMUNITY, GATE, MINUTE, OFFLINE, PARKING
from tests.storage.stories import recorded

SOURCE = AlertSource(code="gate-source", community=COMMUNITY, place=GRID)
POLICIES = (
    AlertPolicy(code="parking", kind=PARKING, category=ORIGIN.category, dispatch_from=0.9),
    AlertPolicy(code="crowd", kind=AlertKind.CROWD, category=ORIGIN.category, debounce=5 * MINUTE),
    AlertPolicy(
        code="offline",
        kind=OFFLINE,
        category=ORIGIN.category,
        silences=True,
        when_unsaid=Decision.AUTO,
    ),
)


@dataclass
class Gate:
    """Its cameras say things; time moves by `after`."""

    database: Database
    now: datetime = NOON
    source: AlertSource = SOURCE
    conditions: Conditions = field(init=False)

    def __post_init__(self) -> None:
        self.conditions = Conditions(self.database, lambda: self.now)

    async def alert(
        self, phase: Phase = Phase.PULSE, kind: AlertKind = PARKING, **changes: object
    ) -> Applied:
        async with self.database.begin() as session:
            return await self.applied(session, phase, kind, **changes)

    async def applied(
        self,
        session: Session,
        phase: Phase = Phase.PULSE,
        kind: AlertKind = PARKING,
        **changes: Any,  # noqa: ANN401 - any field
    ) -> Applied:
        given = self.given(phase, kind, **changes)
        return await self.conditions.apply(session, given.alert, kind, self.source, self.now)

    def given(
        self,
        phase: Phase = Phase.PULSE,
        kind: AlertKind = PARKING,
        **changes: Any,  # noqa: ANN401 - any field
    ) -> GivenAlert:
        alert = Alert(delivery_key="d", vendor_type="v", phase=phase, camera=GATE)
        alert = replace(alert, **changes)
        return GivenAlert(alert=alert, kind=kind, source=self.source, received_at=self.now)

    async def after(self, span: timedelta) -> int:
        self.now += span
        return await self.conditions.pass_time(self.now)

    # --- what can be seen ------------------------------------------------------------------------

    async def condition(self, kind: AlertKind = PARKING, zone: str | None = None) -> Condition:
        key = ConditionKey(COMMUNITY, GATE, zone, kind, self.source.code)
        async with self.database.begin() as session:
            kept = await ConditionRepository(session).latest(key)
        assert kept is not None
        return kept.condition

    async def standing(self) -> CameraStanding:
        async with self.database.read() as session:
            return await Standings(session).of(self.source.code, GATE)

    async def notes(self, number: IssueNumber) -> Sequence[Note]:
        async with self.database.read() as session:
            return await Notes(session).of_issue(number)

    async def numbers(self) -> list[IssueNumber]:
        """Of every issue that was raised, oldest first."""
        async with self.database.read() as session:
            found = await session.execute(text("SELECT number FROM issues ORDER BY id"))
        return [IssueNumber(row.number) for row in found]

    async def detail(self, number: IssueNumber) -> IssueDetail:
        async with self.database.read() as session:
            found = await Queries(session).issue(number)
        assert found is not None
        return found

    # --- people ----------------------------------------------------------------------------------

    async def looked(self, number: IssueNumber, *, confirmed: bool) -> None:
        """The grid worker went there."""
        asks = c.RequireVerification.by_engine("birth")
        looks = asked(c.VerifyIssue, GRID_WORKER, confirmed=confirmed)
        await recorded(self.database, number, (asks, looks), self.now)

    async def withdrawn(self, number: IssueNumber) -> None:
        """Whoever raised it takes it back, which says nothing of the camera."""
        detail = await self.detail(number)
        raiser = an_actor(subject=detail.line.raised_by)
        await recorded(self.database, number, (asked(c.WithdrawIssue, raiser),), self.now)


@pytest_asyncio.fixture(loop_scope="session")
async def gate(database: Database) -> AsyncIterator[Gate]:
    """A gate with its policies, in a town with districts and calendars."""
    for kind, body in FURNITURE:
        await written(database, kind, body)
    for policy in POLICIES:
        await written(database, ReferenceKind.ALERT_POLICY, policy)
    yield Gate(database)
