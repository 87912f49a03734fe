"""Conditions come back as they were kept, and a row that somebody has is left to them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from domain.alert import AlertKind
from domain.alerts.condition import Condition, ConditionKey, VendorEvents
from domain.alerts.standing import EVERY_CAMERA, Bucket, CameraStanding
from domain.alerts.words import ConditionState, Decision, Reason, Verdict
from domain.ids import CameraRef, GridCode
from storage.alerts.conditions import ConditionRepository, Due
from storage.alerts.standings import Standings
from storage.session import Database
from tests.builders import COUNTY, GRID, NOON
from tests.storage.stories import born

KEY = ConditionKey(GridCode("qj.bh.hp"), CameraRef("gate-1"), None, AlertKind.CROWD, "s")
MINUTE = timedelta(minutes=1)


def a_condition(**changes: Any) -> Condition:  # noqa: ANN401 - any field
    condition = Condition(
        key=KEY,
        place=GRID,
        state=ConditionState.PENDING,
        first_seen=NOON,
        last_seen=NOON,
        opens_at=NOON + MINUTE,
        expires_at=NOON + 9 * MINUTE,
    )
    return replace(condition, **changes)


async def kept(database: Database, condition: Condition) -> int:
    async with database.begin() as session:
        return await ConditionRepository(session).save(condition, None)


async def test_every_field_comes_back(database: Database) -> None:
    number, former = await born(database), await born(database)
    whole = a_condition(
        key=KEY._replace(zone="north"),
        state=ConditionState.FLAPPING,
        count=9,
        sightings=7,
        transitions=4,
        flips=(NOON, NOON + MINUTE),
        is_seen=False,
        max_confidence=0.75,
        cooldown_until=NOON + 3 * MINUTE,
        issue=number,
        issue_ended_at=NOON + 4 * MINUTE,
        former=former,
        decision=Decision.REVIEW,
        reason=Reason.UNSTEADY,
        verdict=Verdict.TRUE,
        events=VendorEvents(live=("a",), ended=("b", "c")),
    )
    row = await kept(database, whole)
    async with database.begin() as session:
        found = await ConditionRepository(session).latest(whole.key)
        by_row = await ConditionRepository(session).locked(row)
        by_issue = await ConditionRepository(session).behind(number)
    assert found == by_row == (row, whole)
    assert by_issue == whole


async def test_the_open_one_is_the_latest(database: Database) -> None:
    await kept(database, a_condition(state=ConditionState.CLOSED))
    row = await kept(database, a_condition())
    async with database.begin() as session:
        found = await ConditionRepository(session).latest(KEY)
    assert found is not None
    assert (found.id, found.condition.state) == (row, ConditionState.PENDING)


async def test_what_is_due_comes_in_its_order_and_page_by_page(database: Database) -> None:
    rows = {}
    for minutes in (3, 1, 2, 30):
        key = KEY._replace(zone=f"z{minutes}")
        due = a_condition(key=key, opens_at=NOON + minutes * MINUTE, expires_at=None)
        rows[minutes] = await kept(database, due)
    async with database.read() as session:
        conditions = ConditionRepository(session)
        first = await conditions.due(NOON + 5 * MINUTE, None, 2)
        rest = await conditions.due(NOON + 5 * MINUTE, first[-1], 2)
    assert [each.id for each in first] == [rows[1], rows[2]]
    assert rest == (Due(NOON + 3 * MINUTE, rows[3]),)


async def test_a_row_that_somebody_has_is_left_to_them(database: Database) -> None:
    row = await kept(database, a_condition())
    async with database.begin() as first, database.begin() as second:
        mine = await ConditionRepository(first).take(row)
        theirs = await ConditionRepository(second).take(row)
    assert mine is not None
    assert theirs is None


async def test_a_standing_is_kept_and_a_source_is_not_one_of_its_cameras(
    database: Database,
) -> None:
    camera = CameraStanding(
        source="s",
        camera=KEY.camera,
        bucket=Bucket(level=2.5, at=NOON),
        silenced_by=(AlertKind.CAMERA_OFFLINE,),
        silenced_since=NOON,
        judged_true=3,
        judged_false=1,
    )
    await kept(database, a_condition())
    async with database.begin() as session:
        standings = Standings(session)
        assert await standings.of("s", KEY.camera) == CameraStanding(source="s", camera=KEY.camera)
        for each in (camera, CameraStanding(source="s", camera=EVERY_CAMERA)):
            await standings.locked(each.source, each.camera)
            await standings.save(each)
    async with database.read() as session:
        assert await Standings(session).of("s", KEY.camera) == camera
        assert await Standings(session).of_source("s", [COUNTY]) == (camera,)
        assert await Standings(session).of_source("s", [GridCode("yj")]) == ()
        assert await Standings(session).of_source("s", []) == ()
