import pytest
from structlog.testing import capture_logs

from domain.actor import Actor
from domain.meeting.words import MeetingState
from domain.vocabulary import IssueState, Role
from storage.queries import Queries
from storage.session import Database
from tests.api.town import ADMINISTRATOR, STRANGER, Town
from tests.builders import (
    DISPATCHER,
    GRID_WORKER,
    OFFICER,
    PLUMBER,
    RESIDENT,
    SUPERVISOR,
    an_actor,
)
from tests.domain.meeting.life import CONVENOR, ISSUE
from tests.storage.sittings import NUMBER, met
from tests.storage.stories import born_in

WANG = {"reporter_name": "王女士", "reporter_phone": "13800000000"}


@pytest.mark.parametrize("who", [OFFICER, DISPATCHER, GRID_WORKER, RESIDENT])
async def test_who_handles_an_issue_can_reach_who_reported_it(
    town: Town, database: Database, who: Actor
) -> None:
    number = (await born_in(IssueState.HANDLING, database, **WANG)).number
    with capture_logs() as logs:
        answer = await town.get(who, f"/issues/{number}/reporter")
    assert (answer.status_code, answer.json()["name"]) == (200, "王女士")
    assert answer.headers["Cache-Control"] == "no-store"
    read = [line for line in logs if line["event"] == "reporter_read"]
    assert [(line["subject"], line["issue"]) for line in read] == [(who.subject, number)]
    assert "王女士" not in str(logs)


@pytest.mark.parametrize(("who", "status"), [(SUPERVISOR, 403), (PLUMBER, 404), (STRANGER, 404)])
async def test_nobody_else_learns_who_reported(
    town: Town, database: Database, who: Actor, status: int
) -> None:
    number = (await born_in(IssueState.HANDLING, database, **WANG)).number
    answer = await town.get(who, f"/issues/{number}/reporter")
    assert answer.status_code == status
    assert "王女士" not in answer.text


@pytest.mark.parametrize("who", [SUPERVISOR, OFFICER, DISPATCHER])
async def test_whose_work_it_is_sees_a_mask_on_its_page(
    town: Town, database: Database, who: Actor
) -> None:
    number = (await born_in(IssueState.HANDLING, database, **WANG)).number
    shown = (await town.get(who, f"/issues/{number}")).json()
    assert shown["reporter"] == {"name": "王**", "phone": "138****0000", "address": None}
    assert not {"王女士", "13800000000"} & set(str(shown).split("'"))


async def test_residents_see_no_mask_and_lists_show_none(town: Town, database: Database) -> None:
    number = (await born_in(IssueState.HANDLING, database, **WANG)).number
    assert (await town.get(RESIDENT, f"/issues/{number}")).json()["reporter"] is None
    lines = (await town.get(SUPERVISOR, "/issues")).json()["items"]
    assert [each["number"] for each in lines] == [number]
    assert "reporter" not in lines[0]


async def test_a_department_that_is_done_no_longer_reaches_the_reporter(
    town: Town, database: Database
) -> None:
    number = (await born_in(IssueState.CLOSED, database, **WANG)).number
    answer = await town.get(OFFICER, f"/issues/{number}/reporter")
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_erasing_leaves_the_record_without_what_was_said(
    town: Town, database: Database
) -> None:
    number = (await born_in(IssueState.HANDLING, database, **WANG)).number
    await town.post(OFFICER, f"/issues/{number}/note", {"text": "电话 13800000000"})
    path = f"/issues/{number}/erase-personal-data"
    answers = [await town.post(ADMINISTRATOR, path, key="erase") for _ in "12"]
    assert [each.json() for each in answers] == [
        {
            "number": number,
            "texts": 2,
            "shared_texts_left": 0,
            "reporter": True,
            "pictures": 0,
            "position": False,
        }
    ] * 2
    page = (await town.get(RESIDENT, f"/issues/{number}")).json()
    timeline = (await town.get(RESIDENT, f"/issues/{number}/timeline")).json()
    assert (page["description"], page["description_erased_at"] is None) == (None, False)
    assert [item["text"] for item in timeline["items"]] == [None] * 4
    assert (await town.get(DISPATCHER, f"/issues/{number}/reporter")).json()["name"] is None


async def test_minutes_of_a_wider_meeting_wait_for_its_administrator(
    town: Town, database: Database
) -> None:
    await met(database, MeetingState.DISCUSSING)
    await town.post(CONVENOR, f"/meetings/{NUMBER}/add-minutes", {"text": "王女士发言"})
    async with database.read() as session:
        detail = await Queries(session).issue(ISSUE)
    assert detail is not None
    narrow = an_actor(Role.ADMINISTRATOR, subject="a.2", grids=(detail.line.grid,))
    counts = []
    for who in (narrow, ADMINISTRATOR):
        answer = await town.post(who, f"/issues/{ISSUE}/erase-personal-data")
        counts.append((answer.json()["texts"], answer.json()["shared_texts_left"]))
    assert counts == [(1, 1), (1, 0)]


async def test_only_an_administrator_of_the_grid_erases(town: Town, database: Database) -> None:
    number = (await born_in(IssueState.HANDLING, database)).number
    for who in (DISPATCHER, RESIDENT):
        answer = await town.post(who, f"/issues/{number}/erase-personal-data")
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_no_log_line_of_a_request_says_what_was_sent(town: Town) -> None:
    with capture_logs() as logs:
        await town.raised(RESIDENT, description="漏水", reporter={"name": "王女士"})
        await town.get(RESIDENT, "/issues", q="漏水")
    said = str(logs)
    assert "request_answered" in said
    assert not any(word in said for word in ("漏水", "王女士", "q="))
