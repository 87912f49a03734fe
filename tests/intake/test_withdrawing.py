"""What a camera sees no more is taken back while nobody has taken it up: real law, real engine."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from secrets import token_hex

import pytest
import pytest_asyncio
from sqlalchemy import text
from temporalio.testing import WorkflowEnvironment

from domain.alert import Alert, Phase
from domain.alerts.policy import AlertPolicy
from domain.alerts.words import ConditionState
from domain.ids import IssueNumber
from domain.reference import District, ReferenceKind
from domain.vocabulary import IssueState, Outcome
from intake.conditions import Conditions
from intake.relay import Relay
from intake.withdrawing import Withdrawing
from observability import clock
from storage.alerts.withdrawals import WithdrawalOutcome
from storage.followers import Followers
from storage.queries import Queries
from storage.session import AnyRow, Database
from tests.activities.desk import FURNITURE, ORIGIN, written
from tests.builders import RESIDENT
from tests.domain.alerts.watching import GATE, MINUTE, PARKING
from tests.intake.gate import SOURCE
from tests.intake.yard import Yard, yard

POLICY = AlertPolicy(
    code="parking",
    kind=PARKING,
    category=ORIGIN.category,
    dispatch_from=0.9,
    withdraws_unassigned=True,
)
O = WithdrawalOutcome  # noqa: E741 - as short as it is often


@dataclass
class Camera:
    """Sees something, or sees it no more; its issue has a workflow."""

    engine: Yard
    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        return clock.now() + self.ahead

    @property
    def conditions(self) -> Conditions:
        return Conditions(self.engine.database, self.now)

    async def says(self, phase: Phase, confidence: float = 0.5) -> None:
        alert = Alert(
            delivery_key="d", vendor_type="v", phase=phase, camera=GATE, confidence=confidence
        )
        async with self.engine.database.begin() as session:
            await self.conditions.apply(session, alert, PARKING, SOURCE, self.now())

    async def sees(self, confidence: float = 0.5) -> IssueNumber:
        """Its newest issue, on its way."""
        await self.says(Phase.OPEN, confidence)
        await Relay(self.engine.database, self.engine.client, clock.now).drain()
        number = IssueNumber((await self.rows("issues"))[-1].number)
        await self.engine.handle(number).query("snapshot")
        return number

    async def withdraws(self) -> int:
        return await Withdrawing(self.engine.database, self.engine.client, self.now).drain()

    async def rows(self, table: str) -> list[AnyRow]:
        async with self.engine.database.read() as session:
            return list(await session.execute(text(f"SELECT * FROM {table} ORDER BY id")))

    async def outcomes(self) -> list[str | None]:
        return [row.outcome for row in await self.rows("alert_withdrawals")]


@pytest_asyncio.fixture(loop_scope="session")
async def camera(
    database_url: str, database: Database, temporal_full: WorkflowEnvironment
) -> AsyncIterator[Camera]:
    async with yard(database_url, database, temporal_full.client) as engine:
        district = next(body for _, body in FURNITURE if isinstance(body, District))
        own = replace(district, prefix=f"Y{token_hex(4)}")
        await written(database, ReferenceKind.DISTRICT, own, version=1)
        await written(database, ReferenceKind.ALERT_POLICY, POLICY)
        yield Camera(engine)


async def test_what_nobody_took_up_is_withdrawn_with_its_reason_on_record(camera: Camera) -> None:
    number = await camera.sees()
    await camera.says(Phase.CLOSE)
    assert (await camera.withdraws(), await camera.withdraws()) == (1, 0)
    issue = await camera.engine.on_record(number)
    assert (issue.state, issue.outcome) == (IssueState.CLOSED, Outcome.WITHDRAWN)
    async with camera.engine.database.read() as session:
        last = (await Queries(session).timeline(number))[-1]
    assert (last.name, last.actor, last.details["why"]) == ("issue_withdrawn", "engine", "not_seen")
    assert await camera.conditions.pass_time(camera.now()) == 1
    assert [row.state for row in await camera.rows("alert_conditions")] == ["closed"]
    assert await camera.sees() != number


async def test_what_was_assigned_is_never_closed_by_a_clear(camera: Camera) -> None:
    number = await camera.sees(confidence=0.95)
    await camera.says(Phase.CLOSE)
    assert (await camera.withdraws(), await camera.outcomes()) == (0, [O.REFUSED])
    assert (await camera.engine.on_record(number)).state is IssueState.DISPATCHED


async def test_what_is_seen_again_before_it_is_asked_stays(camera: Camera) -> None:
    await camera.sees()
    await camera.says(Phase.CLOSE)
    await camera.says(Phase.OPEN)
    assert (await camera.withdraws(), await camera.outcomes()) == (0, [O.SEEN_AGAIN])
    assert [row.state for row in await camera.rows("alert_conditions")] == ["open"]


async def test_what_somebody_follows_stays(camera: Camera) -> None:
    number = await camera.sees()
    async with camera.engine.database.begin() as session:
        await Followers(session).follow(number, RESIDENT.subject, clock.now())
    await camera.says(Phase.CLOSE)
    assert (await camera.withdraws(), await camera.outcomes()) == (0, [O.FOLLOWED])


async def test_what_is_seen_while_it_is_taken_back_is_a_new_issue(camera: Camera) -> None:
    number = await camera.sees()
    await camera.says(Phase.CLOSE)
    await camera.withdraws()
    await camera.says(Phase.OPEN)
    assert len(await camera.rows("issues")) == 1
    await camera.conditions.pass_time(camera.now())
    first, second = await camera.rows("alert_conditions")
    assert (first.state, second.state) == (ConditionState.CLOSED, ConditionState.OPEN)
    assert (second.former, second.issue_number) == (
        number,
        (await camera.rows("issues"))[-1].number,
    )


async def test_an_issue_that_is_not_started_yet_is_asked_later(camera: Camera) -> None:
    await camera.says(Phase.OPEN)
    await camera.says(Phase.CLOSE)
    assert (await camera.withdraws(), await camera.outcomes()) == (0, [None])
    await Relay(camera.engine.database, camera.engine.client, clock.now).drain()
    assert await camera.withdraws() == 0, "not yet"
    camera.ahead = MINUTE
    assert (await camera.withdraws(), await camera.outcomes()) == (1, [O.WITHDRAWN])


@pytest.mark.parametrize(
    ("ahead", "outcome"), [(timedelta(hours=23), None), (timedelta(hours=25), O.ENDED)]
)
async def test_an_issue_that_never_starts_is_asked_for_a_day(
    camera: Camera, ahead: timedelta, outcome: WithdrawalOutcome | None
) -> None:
    await camera.says(Phase.OPEN)
    await camera.says(Phase.CLOSE)
    camera.ahead = ahead
    assert (await camera.withdraws(), await camera.outcomes()) == (0, [outcome])


async def test_an_answer_that_was_lost_is_known_from_the_record(camera: Camera) -> None:
    await camera.sees()
    await camera.says(Phase.CLOSE)
    await camera.withdraws()
    await camera.engine.execute(
        "UPDATE alert_withdrawals SET outcome = NULL, settled_at = NULL, next_at = asked_at"
    )
    assert (await camera.withdraws(), await camera.outcomes()) == (1, [O.WITHDRAWN])
