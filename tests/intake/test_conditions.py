"""Alerts become issues: each is counted once, and no storm makes two of one thing."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import event, text

from domain.alert import AlertKind, Phase
from domain.alerts import consequences as c
from domain.alerts.policy import AlertPolicy, StormLimit
from domain.alerts.standing import EVERY_CAMERA, EVERY_SOURCE
from domain.alerts.words import ConditionState, Reason
from domain.ids import CameraRef, GridCode
from domain.reference import ReferenceKind
from domain.vocabulary import IssueState, Role
from intake.applying import AlertSource, GivenAlert
from storage.alerts.notes import MOST_NOTES, NoteWord
from storage.alerts.standings import Standings
from storage.births import Births
from storage.session import Unstorable
from tests.activities.desk import ORIGIN, written
from tests.activities.desk import issues as activities
from tests.builders import GRID
from tests.domain.alerts.watching import COMMUNITY, GATE, MINUTE, PARKING, an_alert
from tests.intake.gate import SOURCE, Gate, gate
from tests.storage.stories import undone

__all__ = ["gate"]

S = ConditionState


# --- one issue -----------------------------------------------------------------------------------


async def test_repeats_count_on_one_issue(gate: Gate) -> None:
    for _ in range(30):
        await gate.alert()
    (number,) = await gate.numbers()
    condition = await gate.condition()
    assert (condition.count, condition.issue, condition.state) == (30, number, S.OPEN)
    noted = [(each.word, each.alerts) for each in await gate.notes(number)]
    assert noted == [(NoteWord.OPENED, 1), (NoteWord.REPEATED, 10)]


async def test_the_sorter_hears_what_became_of_an_alert(gate: Gate) -> None:
    first, second = await gate.alert(), await gate.alert()
    (number,) = await gate.numbers()
    assert (first.issue, second.issue) == (number, number)
    assert first.condition == second.condition is not None
    assert second.consequences == (c.CountOnIssue(issue=number),)


async def test_a_heartbeat_of_nothing_known_leaves_no_row(gate: Gate) -> None:
    applied = await gate.alert(Phase.HEARTBEAT)
    assert (applied.condition, applied.issue) == (None, None)
    async with gate.database.read() as session:
        rows = await session.execute(text("SELECT count(*) FROM alert_conditions"))
    assert rows.scalar_one() == 0


async def test_its_issue_is_born_as_a_camera_s_and_waits_for_the_relay(gate: Gate) -> None:
    await gate.alert(zone="北门")
    (number,) = await gate.numbers()
    detail = await gate.detail(number)
    line = detail.line
    assert (line.source, line.grid, line.state) == (Role.CAMERA, GRID, IssueState.REPORTED)
    assert (line.raised_by, line.raised_at) == (f"{gate.source.code}:{GATE}", gate.now)
    assert detail.description == "摄像头 gate-1（区域 北门）：违章停车。"
    async with gate.database.read() as session:
        assert await Births(session).waiting() == 1


@pytest.mark.parametrize(("confidence", "is_looked_at"), [(0.95, False), (0.5, True), (None, True)])
async def test_a_sure_camera_is_dispatched_at_once_and_others_are_looked_at(
    gate: Gate, confidence: float | None, is_looked_at: bool
) -> None:
    await gate.alert(confidence=confidence)
    (number,) = await gate.numbers()
    issue = await activities(gate.database).open(number)
    assert issue.pinned.needs_verification is is_looked_at


async def test_what_is_not_committed_never_happened(gate: Gate) -> None:
    async with undone(gate.database) as session:
        await gate.applied(session)
    await gate.alert()
    assert (len(await gate.numbers()), (await gate.condition()).count) == (1, 1)


async def test_a_camera_in_no_district_is_kept_and_opens_nothing(gate: Gate) -> None:
    gate.source = AlertSource(code="s", community=COMMUNITY, place=GridCode("elsewhere"))
    applied = await gate.alert()
    condition = await gate.condition()
    assert (applied.issue, condition.reason, condition.count) == (None, Reason.NO_DISTRICT, 1)


async def test_notes_on_an_issue_are_bounded(gate: Gate) -> None:
    await gate.alert()
    (number,) = await gate.numbers()
    for _ in range(MOST_NOTES):
        await gate.after(11 * MINUTE)
        await gate.alert()
    assert len(await gate.notes(number)) == MOST_NOTES
    assert (await gate.condition()).count == MOST_NOTES + 1


async def test_many_given_together_are_as_if_given_one_by_one(gate: Gate) -> None:
    given = [
        GivenAlert(
            alert=an_alert(camera=GATE, zone=zone, confidence=0.5),
            kind=kind,
            source=gate.source,
            received_at=gate.now,
        )
        for _ in range(50)
        for zone in (None, "north", *(f"z{number}" for number in range(8)))
        for kind in (PARKING, AlertKind.CROWD)
    ]
    async with gate.database.begin() as session:
        applied = await gate.conditions.apply_all(session, given)
    assert len(applied) == 1_000
    assert (await gate.condition()).count == 50
    assert (await gate.condition(AlertKind.CROWD, "z7")).count == 50
    assert len(await gate.numbers()) == 7, "six, and one for the noise"
    assert (await gate.condition(AlertKind.CAMERA_NOISY)).count == 4 * 50
    (first, *_) = await gate.numbers()
    assert [each.alerts for each in await gate.notes(first)] == [1, 10]


async def test_a_storm_of_all_cameras_is_asked_about_no_more_often_than_one_camera(
    gate: Gate,
) -> None:
    def given(cameras: int) -> list[GivenAlert]:
        return [
            GivenAlert(
                alert=an_alert(camera=CameraRef(f"cam-{number}"), confidence=0.1),
                kind=AlertKind.CROWD,
                source=gate.source,
                received_at=gate.now,
            )
            for number in range(cameras)
        ]

    async def asked_for(cameras: int) -> int:
        statements: list[str] = []

        def note(_c: object, _u: object, statement: str, *_: object) -> None:
            statements.append(statement)

        engine = gate.database._engine.sync_engine
        event.listen(engine, "before_cursor_execute", note)
        async with gate.database.begin() as session:
            await gate.conditions.apply_all(session, given(cameras))
        event.remove(engine, "before_cursor_execute", note)
        return len(statements)

    async with gate.database.begin() as session:
        await gate.conditions.apply_all(session, given(40))
    assert await asked_for(40) == await asked_for(2)


# --- at once -------------------------------------------------------------------------------------


async def test_forty_alerts_at_once_are_one_issue_that_counts_forty(gate: Gate) -> None:
    await asyncio.gather(*(gate.alert() for _ in range(40)))
    assert len(await gate.numbers()) == 1
    assert (await gate.condition()).count == 40


async def test_a_storm_over_many_zones_at_once_opens_six_and_one_for_the_noise(gate: Gate) -> None:
    zones = [f"z{number}" for number in range(20)]
    await asyncio.gather(*(gate.alert(zone=zone) for zone in zones for _ in range(2)))
    found = [await gate.condition(zone=zone) for zone in zones]
    assert sum(each.issue is not None for each in found) == 6
    assert {each.count for each in found} == {2}
    noise = await gate.condition(AlertKind.CAMERA_NOISY)
    assert (noise.issue is not None, noise.count) == (True, 28)
    assert len(await gate.numbers()) == 7


async def test_a_storm_over_the_sources_of_a_community_is_one_issue_of_its_own(gate: Gate) -> None:
    limit = StormLimit(burst=3, one_more_after=MINUTE)
    crowd = AlertPolicy(
        code="fight", kind=AlertKind.FIGHT, category=ORIGIN.category, storm_of_community=limit
    )
    await written(gate.database, ReferenceKind.ALERT_POLICY, crowd)
    for number in range(10):
        gate.source = replace(SOURCE, code=f"s{number % 5}")
        await gate.alert(kind=AlertKind.FIGHT, camera=CameraRef(f"c{number}"))
    *opened, last = await gate.numbers()
    detail = await gate.detail(last)
    assert (len(opened), detail.line.grid, detail.line.raised_by) == (3, COMMUNITY, "*:*")
    async with gate.database.read() as session:
        rows = await session.execute(
            text("SELECT source, alerts FROM alert_conditions WHERE kind = 'community_noisy'")
        )
        kept = await session.execute(text("SELECT sum(alerts) FROM alert_conditions"))
    assert [(row.source, row.alerts) for row in rows] == [(EVERY_SOURCE, 7)]
    assert kept.scalar_one() == 10 + 7


async def test_what_finds_no_room_waits_for_nobody(gate: Gate) -> None:
    for zone in range(7):
        await gate.alert(zone=f"z{zone}")
    async with gate.database.begin() as session:
        for camera in (GATE, EVERY_CAMERA):
            await Standings(session).locked(gate.source.code, camera)
        await asyncio.wait_for(gate.alert(zone="z8"), 1.5)
    assert (await gate.condition(zone="z8")).reason is Reason.STORM


async def test_an_alert_and_two_loops_at_once_open_it_once(gate: Gate) -> None:
    await gate.alert(kind=AlertKind.CROWD)
    gate.now += 5 * MINUTE
    loops = (gate.conditions.pass_time(gate.now) for _ in range(2))
    await asyncio.gather(gate.alert(kind=AlertKind.CROWD), *loops)
    assert len(await gate.numbers()) == 1
    assert (await gate.condition(AlertKind.CROWD)).count == 2


async def test_two_sessions_see_one_condition_one_after_the_other(gate: Gate) -> None:
    async with gate.database.begin() as first:
        opened = await gate.applied(first)
        second = asyncio.create_task(gate.alert())
        done, _ = await asyncio.wait({second}, timeout=0.3)
        assert not done, "the second waits until the first has committed"
    assert (await second).condition == opened.condition
    assert len(await gate.numbers()) == 1


# --- time ----------------------------------------------------------------------------------------


async def test_what_lasts_opens_when_its_debounce_is_over(gate: Gate) -> None:
    await gate.alert(kind=AlertKind.CROWD)
    assert (await gate.after(4 * MINUTE), await gate.numbers()) == (0, [])
    assert await gate.after(MINUTE) == 1
    (number,) = await gate.numbers()
    assert (await gate.detail(number)).line.raised_at == gate.now


async def test_what_is_seen_no_more_is_noted_and_its_issue_goes_on(gate: Gate) -> None:
    await gate.alert()
    assert await gate.after(10 * MINUTE) == 1
    (number,) = await gate.numbers()
    assert (await gate.notes(number))[-1].word is NoteWord.CLEARED
    assert (await gate.condition()).state is S.CLEARED
    assert (await gate.detail(number)).line.state is IssueState.REPORTED
    assert await gate.after(1_000 * MINUTE) == 0


async def test_an_alert_does_not_need_the_loop_to_have_been_there(gate: Gate) -> None:
    """What was not dispatched by anybody is long over when the next one comes."""
    await gate.alert(kind=AlertKind.CROWD, ttl_s=60)
    gate.now += 100 * MINUTE
    await gate.alert(kind=AlertKind.CROWD)
    condition = await gate.condition(AlertKind.CROWD)
    assert (condition.state, condition.count) == (S.PENDING, 1)


async def test_more_than_a_batch_is_due_at_once(gate: Gate) -> None:
    async with gate.database.begin() as session:
        for number in range(60):
            await gate.applied(session, kind=AlertKind.LOITERING, zone=f"z{number}", is_late=False)
    assert await gate.after(10 * MINUTE) >= 60
    assert (await gate.condition(AlertKind.LOITERING, "z59")).state is S.CLEARED


async def test_one_that_cannot_be_stored_holds_up_no_other(gate: Gate) -> None:
    sound, gate.source = (
        gate.source,
        replace(gate.source, place=GridCode(f"qj.{'x' * 300}")),
    )
    await gate.alert(kind=AlertKind.CROWD, zone="broken")
    gate.source = sound
    await gate.alert(kind=AlertKind.CROWD)
    assert await gate.after(5 * MINUTE) == 1
    assert (await gate.condition(AlertKind.CROWD)).state is S.OPEN
    assert (await gate.condition(AlertKind.CROWD, "broken")).state is S.PENDING


async def test_no_second_open_row_of_a_key_can_be_written(gate: Gate) -> None:
    await gate.alert()
    with pytest.raises(Unstorable):
        async with gate.database.begin() as session:
            await session.execute(
                text(
                    "INSERT INTO alert_conditions (community, camera, zone, kind, source, place,"
                    " state, first_seen, last_seen, alerts, sightings, transitions, flips,"
                    " is_seen, live_events, ended_events, updated_at)"
                    " SELECT community, camera, zone, kind, source, place, 'pending', first_seen,"
                    " last_seen, 1, 1, 0, '{}', true, '{}', '{}', now() FROM alert_conditions"
                )
            )
