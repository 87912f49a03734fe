"""Meetings over HTTP: who reads them, and what is owed in them."""

import pytest

from domain.actor import Actor
from domain.ids import GridCode
from domain.meeting.words import MeetingState
from domain.vocabulary import Role
from storage.session import Database
from tests.api.town import Town, fields_of
from tests.builders import RESIDENT, an_actor
from tests.domain.cast import LIFT
from tests.domain.meeting.life import (
    CONVENOR,
    FIVE,
    ISSUE,
    PARTIES,
    POLICEMAN,
    STRANGER,
    SUPERVISOR,
    a_meeting,
)
from tests.storage.sittings import NUMBER, met, numbered, recorded_life
from tests.storage.stories import born

PATH = f"/meetings/{NUMBER}"
LIFTMAN = PARTIES[LIFT]
IMPOSTOR = an_actor(Role.RESIDENT, subject="r.7", department=FIVE[0])
ELSEWHERE = an_actor(Role.SUPERVISOR, subject="s.9", grids=(GridCode("yj"),))


async def numbers_for(town: Town, who: Actor, **wanted: str) -> list[str]:
    answer = await town.get(who, "/meetings", **wanted)
    assert answer.status_code == 200, answer.text
    return [each["number"] for each in answer.json()["items"]]


@pytest.mark.parametrize(
    ("who", "sees"),
    [(CONVENOR, True), (LIFTMAN, True), (SUPERVISOR, True)]
    + [(who, False) for who in (STRANGER, POLICEMAN, ELSEWHERE)],
    ids=lambda value: getattr(value, "subject", ""),
)
async def test_a_meeting_is_seen_by_who_is_in_it_and_who_oversees_it(
    town: Town, database: Database, who: Actor, *, sees: bool
) -> None:
    await met(database)
    assert await numbers_for(town, who) == [NUMBER] * sees
    for path in (PATH, f"{PATH}/timeline"):
        answer = await town.get(who, path)
        assert answer.status_code == (200 if sees else 404)
    answer = await town.post(who, f"{PATH}/acknowledge")
    assert (answer.status_code == 404) is not sees


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"state": "proposed"}, [NUMBER]),
        ({"state": "closed"}, []),
        ({"kind": "council"}, []),
        ({"level": "street"}, [NUMBER]),
        ({"grid": "qj"}, [NUMBER]),
        ({"grid": "yj"}, []),
        ({"convenor": "street_office"}, [NUMBER]),
        ({"issue": ISSUE}, [NUMBER]),
        ({"issue": "QJ-2026-0000002"}, []),
    ],
    ids=str,
)
async def test_a_list_of_meetings_is_narrowed(
    town: Town, database: Database, wanted: dict[str, str], found: list[str]
) -> None:
    await met(database)
    assert await numbers_for(town, CONVENOR, **wanted) == found


async def test_a_foreign_cursor_is_refused(town: Town) -> None:
    answer = await town.get(CONVENOR, "/meetings", cursor="x")
    assert (answer.status_code, fields_of(answer)) == (422, {"cursor": "bad_cursor"})


async def test_a_page_of_a_meeting_says_who_is_there_and_what_is_on(
    town: Town, database: Database
) -> None:
    await met(database, MeetingState.DISCUSSING)
    shown = (await town.get(LIFTMAN, PATH)).json()
    assert (shown["state"], shown["labels"]["state"]) == ("discussing", "商议")
    assert (shown["quorum"], shown["present"], len(shown["parties"])) == (5, 7, 7)
    assert [each["item"]["issue"] for each in shown["agenda"]] == [ISSUE]
    assert shown["tasks"] == []


async def test_a_timeline_names_every_step(town: Town, database: Database) -> None:
    await met(database, MeetingState.CLOSED)
    shown = (await town.get(CONVENOR, f"{PATH}/timeline", after=8)).json()
    assert [each["name"] for each in shown["items"]] == [
        "sitting_opened",
        "agenda_item_decided",
        "task_completed",
        "task_reviewed",
    ]
    assert all(each["label"] != each["name"] for each in shown["items"])
    assert shown["next"] is None


async def test_everybody_reads_what_their_department_owes(town: Town, database: Database) -> None:
    await met(database)
    owed = (await town.get(LIFTMAN, "/meetings/owed")).json()["items"]
    assert [(each["meeting"], each["duty"], each["label"]) for each in owed] == [
        (NUMBER, "report_in", "报到")
    ]
    assert owed[0]["is_late"]
    assert (await town.get(RESIDENT, "/meetings/owed")).json() == {"items": [], "next": None}


async def test_what_is_owed_comes_in_pages(town: Town, database: Database) -> None:
    await born(database)
    for count in (1, 2, 3):
        await recorded_life(database, a_meeting(), numbered(count))
    found, span = [], {"limit": 2}
    while span:
        shown = (await town.get(LIFTMAN, "/meetings/owed", **span)).json()
        found += [each["meeting"] for each in shown["items"]]
        span = {"cursor": shown["next"], "limit": 2} if shown["next"] else {}
    assert found == [numbered(count) for count in (1, 2, 3)]
    for wrong in ("x", "aWQ6MQ"):
        answer = await town.get(LIFTMAN, "/meetings/owed", cursor=wrong)
        assert (answer.status_code, fields_of(answer)) == (422, {"cursor": "bad_cursor"})


async def test_a_resident_of_the_same_department_name_owes_nothing(
    town: Town, database: Database
) -> None:
    await met(database)
    impostor = an_actor(Role.RESIDENT, subject="r.7", department=LIFT)
    assert (await town.get(impostor, "/meetings/owed")).json() == {"items": [], "next": None}
    assert (await town.get(impostor, PATH)).status_code == 404


async def test_the_steps_of_a_meeting_are_seen_with_their_instants(
    town: Town, database: Database
) -> None:
    await met(database, MeetingState.CLOSED)
    steps = (await town.get(CONVENOR, PATH)).json()["steps"]
    assert [(each["step"], each["label"]) for each in steps] == [
        *(("proposed", "提议"), ("discussing", "商议"), ("decided", "决议"), ("reviewing", "评议"))
    ]
    assert [each["since"] for each in steps] == sorted(each["since"] for each in steps)


async def test_a_meeting_that_is_called_has_come_to_the_first_step(
    town: Town, database: Database
) -> None:
    await met(database)
    steps = (await town.get(CONVENOR, PATH)).json()["steps"]
    assert [each["step"] for each in steps] == ["proposed"]


async def test_an_agenda_says_what_was_decided_of_each_issue(
    town: Town, database: Database
) -> None:
    await met(database, MeetingState.DECIDED)
    agenda = (await town.get(LIFTMAN, f"{PATH}/agenda")).json()
    assert (agenda["number"], agenda["state"]) == (NUMBER, "decided")
    assert [each["item"]["decision"]["outcome"] for each in agenda["items"]] == ["dispatched"]
    assert {each["task"]["issue"] for each in agenda["tasks"]} == {ISSUE}
    assert (await town.get(STRANGER, f"{PATH}/agenda")).status_code == 404


BUREAU = PARTIES[FIVE[0]]


async def reads(town: Town, who: Actor, issue: str = ISSUE) -> set[int]:
    """Of the issue, of what happened to it and of what is due."""
    paths = (f"/issues/{issue}{part}" for part in ("", "/timeline", "/deadlines"))
    return {(await town.get(who, path)).status_code for path in paths}


@pytest.mark.parametrize(
    ("who", "status"),
    [(BUREAU, 200), (CONVENOR, 200), (POLICEMAN, 404), (STRANGER, 404), (IMPOSTOR, 404)],
    ids=lambda value: getattr(value, "subject", ""),
)
async def test_who_is_in_a_meeting_reads_the_issues_on_its_agenda(
    town: Town, database: Database, who: Actor, status: int
) -> None:
    await met(database)
    other = await born(database)
    assert await reads(town, who) == {status}
    assert await reads(town, who, other) == {404}
    assert (await town.get(who, "/issues")).json()["items"] == []
    noted = await town.post(who, f"/issues/{ISSUE}/add-note", {"text": "x"})
    assert noted.status_code == 404


async def test_what_was_taken_off_an_agenda_is_read_no_more(town: Town, database: Database) -> None:
    await met(database)
    assert await reads(town, BUREAU) == {200}
    answer = await town.post(CONVENOR, f"{PATH}/take-off", {"issue": ISSUE})
    assert answer.status_code == 200, answer.text
    assert await reads(town, BUREAU) == {404}
