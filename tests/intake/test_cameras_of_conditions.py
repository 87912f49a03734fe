"""Which camera it was: of which source, where people find it, and whether it is believed."""

from dataclasses import replace

from domain.alert import Phase
from domain.alert_source import Camera, Spot
from domain.alerts.words import ConditionState, Decision
from domain.ids import SourceCode, Subject
from domain.position import System
from domain.reference import ReferenceKind
from intake.alert_policies import AlertPolicies
from intake.turn import Turn
from storage.nearby import Nearby
from storage.reference import ReferenceRepository
from tests.activities.desk import ORIGIN, written
from tests.builders import GRID
from tests.domain.alerts.watching import GATE, OFFLINE
from tests.intake.camera_desk import SOURCE as BOX
from tests.intake.gate import Gate, gate

__all__ = ["gate"]

S = ConditionState


async def test_its_issue_is_found_by_who_is_about_to_report_the_same(gate: Gate) -> None:
    spot = Spot(lat=26.9139, lon=102.9302, system=System.GCJ02)
    camera = Camera(ref=GATE, grid=GRID, position=spot)
    source = replace(BOX, code=SourceCode(gate.source.code), cameras=(camera,))
    await written(gate.database, ReferenceKind.ALERT_SOURCE, source)
    await gate.alert()
    (number,) = await gate.numbers()
    position = (await gate.detail(number)).position
    assert position == spot.to_position()
    async with gate.database.read() as session:
        category = await ReferenceRepository(session).category(ORIGIN.category)
        assert category is not None
        category = replace(category, near_m=50, near_hours=24)
        there, asker = spot.to_position().wgs84, Subject("r.1")
        (near,) = await Nearby(session).issues(there, category, asker, gate.now)
    assert near.number == number


async def test_its_issue_says_where_people_find_the_camera(gate: Gate) -> None:
    camera = Camera(ref=GATE, grid=GRID, building="3号楼", name="东门")
    source = replace(BOX, code=SourceCode(gate.source.code), cameras=(camera,))
    await written(gate.database, ReferenceKind.ALERT_SOURCE, source)
    await gate.alert(zone="北门")
    (number,) = await gate.numbers()
    assert (await gate.detail(number)).description == "摄像头 3号楼 东门（区域 北门）：违章停车。"


async def test_two_sources_may_each_have_a_camera_of_one_name(gate: Gate) -> None:
    other = Gate(gate.database, source=replace(gate.source, code="other"))
    await gate.alert(Phase.OPEN, OFFLINE)
    await other.alert(Phase.OPEN, OFFLINE)
    await other.alert(Phase.CLOSE, OFFLINE)
    assert len(await gate.numbers()) == 2
    assert (await gate.condition(OFFLINE)).state is S.OPEN
    assert (await gate.standing()).silenced_by == (OFFLINE,)
    await other.alert()
    assert (await other.condition()).state is S.OPEN


async def test_who_hears_a_camera_again_sees_who_silenced_it_meanwhile(gate: Gate) -> None:
    await gate.alert()
    async with gate.database.begin() as session:
        turn = Turn(session, AlertPolicies(lambda: gate.now))
        await turn.apply(gate.given())
        await gate.alert(Phase.OPEN, OFFLINE)
        await turn.apply(gate.given(Phase.CLOSE, OFFLINE))
        await turn.finish()
    assert (await gate.standing()).silenced_by == ()


async def test_an_offline_camera_is_one_maintenance_issue_and_silent_otherwise(gate: Gate) -> None:
    await gate.alert(Phase.OPEN, OFFLINE)
    await gate.alert()
    assert (len(await gate.numbers()), (await gate.condition()).state) == (1, S.SUPPRESSED)
    assert (await gate.standing()).silenced_by == (OFFLINE,)
    await gate.alert(Phase.CLOSE, OFFLINE)
    await gate.alert()
    assert (len(await gate.numbers()), (await gate.condition()).state) == (2, S.OPEN)
    assert (await gate.condition()).decision is Decision.REVIEW
