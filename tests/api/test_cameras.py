"""What cameras said can be read by whoever may see the issue; how right they are, by overseers."""

from domain.alert import AlertKind, Phase
from domain.alerts.policy import AlertPolicy
from domain.ids import CategoryCode
from domain.reference import ReferenceKind
from domain.vocabulary import Role
from storage.session import Database
from tests.activities.desk import written
from tests.api.town import STRANGER, Town
from tests.builders import DISPATCHER, GRID_WORKER, RESIDENT, an_actor
from tests.domain.alerts.watching import MINUTE, OFFLINE, PARKING
from tests.intake.gate import Gate

ELSEWHERE = an_actor(Role.SUPERVISOR, subject="s.9", grids=())


async def a_gate(database: Database) -> Gate:
    for kind in (PARKING, OFFLINE):
        policy = AlertPolicy(
            code=kind, kind=kind, category=CategoryCode("standing_water"), silences=kind is OFFLINE
        )
        await written(database, ReferenceKind.ALERT_POLICY, policy)
    return Gate(database)


async def test_the_alerts_of_an_issue_are_its_condition_and_its_notes(
    town: Town, database: Database
) -> None:
    gate = await a_gate(database)
    number = (await gate.alert(Phase.OPEN, zone="north", confidence=0.5)).issue
    await gate.alert(Phase.CLOSE, zone="north")
    answer = (await town.get(GRID_WORKER, f"/issues/{number}/alerts")).json()
    condition = answer["condition"]
    assert (condition["camera"], condition["zone"], condition["kind"]) == (
        "gate-1",
        "north",
        AlertKind.ILLEGAL_PARKING,
    )
    assert (condition["alerts"], condition["max_confidence"]) == (2, 0.5)
    assert (condition["kind_label"], condition["state_label"]) == ("违章停车", "已消失")
    assert [each["word"] for each in answer["notes"]] == ["opened", "cleared"]
    assert answer["notes"][1]["label"] == "告警已消失；是否解决由人确认"


async def test_an_issue_that_people_raised_has_none(town: Town) -> None:
    number = await town.raised(RESIDENT)
    answer = await town.get(RESIDENT, f"/issues/{number}/alerts")
    assert answer.json() == {"condition": None, "notes": []}


async def test_who_may_not_see_the_issue_does_not_see_its_alerts(
    town: Town, database: Database
) -> None:
    number = (await (await a_gate(database)).alert()).issue
    answer = await town.get(STRANGER, f"/issues/{number}/alerts")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_overseers_see_how_right_each_camera_of_their_grids_is(
    town: Town, database: Database
) -> None:
    gate = await a_gate(database)
    number = (await gate.alert()).issue
    assert number is not None
    await gate.looked(number, confirmed=False)
    await gate.after(MINUTE)
    await gate.alert(kind=OFFLINE)
    answer = (await town.get(DISPATCHER, "/cameras", source=gate.source.code)).json()
    (camera,) = answer["items"]
    assert (camera["camera"], camera["judged_true"], camera["judged_false"]) == ("gate-1", 0, 1)
    assert (camera["precision"], camera["silenced_by"]) == (0.0, ["camera_offline"])
    elsewhere = await town.get(ELSEWHERE, "/cameras", source=gate.source.code)
    assert elsewhere.json()["items"] == []


async def test_cameras_come_page_by_page(town: Town, database: Database) -> None:
    gate = await a_gate(database)
    for camera in ("b", "a", "c"):
        await gate.alert(camera=camera)
    source = gate.source.code
    first = (await town.get(DISPATCHER, "/cameras", source=source, limit=2)).json()
    rest = (await town.get(DISPATCHER, "/cameras", source=source, after=first["next"])).json()
    assert [each["camera"] for each in first["items"]] == ["a", "b"]
    assert ([each["camera"] for each in rest["items"]], rest["next"]) == (["c"], None)


async def test_others_are_told_that_it_is_not_for_them(town: Town) -> None:
    answer = await town.get(GRID_WORKER, "/cameras", source="any")
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
