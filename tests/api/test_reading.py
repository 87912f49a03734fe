from datetime import timedelta

import pytest

from domain import commands as c
from domain.ids import GridCode, IssueNumber, MeetingNumber, Subject
from domain.vocabulary import IssueState, ItemOutcome, Level, Role
from storage.births import Births
from storage.session import Database
from tests.api.town import ADMINISTRATOR, STRANGER, Town, fields_of
from tests.builders import (
    DISPATCHER,
    GRID_WORKER,
    NOON,
    OFFICER,
    PLUMBER,
    RESIDENT,
    SUPERVISOR,
    an_actor,
    asked,
)
from tests.storage.stories import born, born_in, recorded

SEERS = (RESIDENT, GRID_WORKER, OFFICER, DISPATCHER, SUPERVISOR, ADMINISTRATOR)
NEIGHBOUR = an_actor(Role.DISPATCHER, subject="d.2", grids=(GridCode("yj"),))
BLIND = (STRANGER, PLUMBER, NEIGHBOUR)
PAGES = ("", "/timeline", "/deadlines")


async def test_the_parties_of_an_issue_see_it_and_nobody_else(
    town: Town, database: Database
) -> None:
    number = (await born_in(IssueState.DISPATCHED, database)).number
    for page in PAGES:
        seen = [await town.get(who, f"/issues/{number}{page}") for who in SEERS]
        hidden = [await town.get(who, f"/issues/{number}{page}") for who in BLIND]
        assert {each.status_code for each in seen} == {200}
        assert {(each.status_code, each.json()["code"]) for each in hidden} == {(404, "not_found")}


async def test_a_list_shows_only_what_its_reader_may_see(town: Town, database: Database) -> None:
    await born_in(IssueState.DISPATCHED, database)
    for who in SEERS:
        assert len((await town.get(who, "/issues")).json()["items"]) == 1
    for who in BLIND:
        assert (await town.get(who, "/issues")).json() == {"items": [], "next": None}


async def test_a_page_of_an_issue_says_where_it_stands_in_words(
    town: Town, database: Database
) -> None:
    number = (await born_in(IssueState.HANDLING, database)).number
    page = (await town.get(RESIDENT, f"/issues/{number}")).json()
    assert (page["description"], page["state"]) == ("井盖没了", "handling")
    assert page["labels"] == {"state": "处理中", "level": "社区", "source": "居民"}
    assert page["assignments"][0]["claimed_by"] == OFFICER.subject


async def test_words_follow_the_callers_language(town: Town, database: Database) -> None:
    number = (await born_in(IssueState.HANDLING, database)).number
    town.headers = {"Accept-Language": "fr, en-GB;q=0.8, zh;q=0.5"}
    page = (await town.get(RESIDENT, f"/issues/{number}")).json()
    assert page["labels"]["state"] == "in handling"
    missing = await town.get(RESIDENT, "/issues/QJ-1")
    assert missing.json()["title"] == "Not found"
    assert missing.headers["Content-Language"] == "en"


async def test_lists_are_read_page_by_page_newest_first(town: Town, database: Database) -> None:
    numbers = [str(await born(database)) for _ in range(5)]
    read: list[str] = []
    cursor: dict[str, str] = {}
    for _ in range(3):
        page = (await town.get(DISPATCHER, "/issues", limit=2, **cursor)).json()
        read += [item["number"] for item in page["items"]]
        cursor = {"cursor": page["next"]}
    assert read == numbers[::-1]
    assert cursor == {"cursor": None}


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"state": ["dispatched", "reported"]}, 2),
        ({"state": "handling"}, 1),
        ({"department": "police"}, 2),
        ({"department": "water"}, 0),
        ({"grid": "qj.bh"}, 3),
        ({"category": "standing_water"}, 3),
        ({"overdue": True}, 0),
        ({"overdue": False, "warned": False}, 3),
        ({"level": "community"}, 3),
        ({"level": "county"}, 0),
        ({"source": "resident"}, 3),
        ({"q": "井盖"}, 3),
        ({"q": "100%"}, 0),
        ({"raised_from": NOON.isoformat()}, 3),
        ({"raised_to": NOON.isoformat()}, 0),
        ({"raised_from": "2026-11-23", "raised_to": "2026-11-23"}, 3),
        ({"raised_from": "2026-11-24"}, 0),
        ({"raised_to": "2026-11-22", "grid": "qj.bh"}, 0),
    ],
)
async def test_lists_are_narrowed_by_what_is_asked(
    town: Town, database: Database, wanted: dict[str, str | list[str] | bool], found: int
) -> None:
    for state in (IssueState.REPORTED, IssueState.DISPATCHED, IssueState.HANDLING):
        await born_in(state, database)
    answer = await town.get(DISPATCHER, "/issues", **wanted)
    assert answer.status_code == 200, answer.text
    assert len(answer.json()["items"]) == found


@pytest.mark.parametrize(
    ("wanted", "broken"),
    [
        ({"state": "lost"}, {"state": "enum"}),
        ({"limit": 101}, {"limit": "less_than_equal"}),
        ({"limit": 0}, {"limit": "greater_than_equal"}),
        ({"cursor": "aWQ6MTI"}, None),
        ({"cursor": "bad"}, {"cursor": "bad_cursor"}),
        ({"cursor": "\x00"}, {"cursor": "string_pattern_mismatch"}),
        ({"q": "a\x00"}, {"q": "nul_character"}),
        ({"grid": "\x00"}, {"grid": "string_pattern_mismatch"}),
        ({"grid": "qj.b"}, {"grid": "unknown_code"}),
        ({"category": "none"}, {"category": "unknown_code"}),
        ({"department": "fire"}, {"department": "unknown_code"}),
        ({"raised_from": "2026-02-30"}, {"raised_from": "date_parsing"}),
        ({"raised_from": "2026-11-24", "raised_to": "2026-11-23"}, {"raised_to": "out_of_order"}),
        ({"raised_to": "1999-12-31"}, {"raised_to": "not_of_our_time"}),
        ({"colour": "red"}, {"colour": "extra_forbidden"}),
        ({"raised_from": "2026-11-23T00:00:00"}, {"raised_from": "timezone_aware"}),
    ],
)
async def test_a_question_that_cannot_be_asked_names_its_parameter(
    town: Town, wanted: dict[str, str | int], broken: dict[str, str] | None
) -> None:
    answer = await town.get(DISPATCHER, "/issues", **wanted)
    assert answer.status_code == (422 if broken else 200)
    assert broken is None or fields_of(answer) == broken


async def test_a_span_of_time_has_its_ends_in_order(town: Town) -> None:
    span = {"raised_from": NOON.isoformat(), "raised_to": (NOON - timedelta(1)).isoformat()}
    answer = await town.get(DISPATCHER, "/issues", **span)
    assert [error["rule"] for error in answer.json()["errors"]] == ["out_of_order"]


async def test_a_timeline_goes_on_where_its_reader_stopped(town: Town, database: Database) -> None:
    number = (await born_in(IssueState.HANDLING, database)).number
    path = f"/issues/{number}/timeline"
    first = (await town.get(RESIDENT, path, limit=2)).json()
    rest = (await town.get(RESIDENT, path, after=first["next"], limit=2)).json()
    assert [item["name"] for item in first["items"]] == ["issue_reported", "issue_dispatched"]
    assert [item["name"] for item in rest["items"]] == ["issue_claimed"]
    assert rest["next"] is None


async def test_deadlines_explain_themselves_in_words_and_numbers(
    town: Town, database: Database
) -> None:
    number = (await born_in(IssueState.DISPATCHED, database)).number
    answer = (await town.get(OFFICER, f"/issues/{number}/deadlines")).json()
    claim = next(item for item in answer["items"] if item["kind"] == "claim")
    assert (answer["policy"], answer["policy_version"]) == ("plain", 1)
    assert claim["label"] == "签收"
    assert claim["sentences"] == [
        "计时中，还剩 1小时，应于 2026-11-23 13:00 前完成。",
        "限 1小时（紧急工作时），即时起算。",
    ]
    assert claim["explanation"]["remaining"] == "PT1H"
    assert claim["explanation"]["limit"] == {"unit": "urgent_hour", "amount": "PT1H"}


async def test_a_deadline_beyond_the_calendar_is_shown_as_provisional(
    town: Town, database: Database
) -> None:
    number = (await born_in(IssueState.HANDLING, database)).number
    suspension = asked(c.RequestSuspension, OFFICER, until=NOON + timedelta(days=60))
    grant = asked(c.DecideSuspension, DISPATCHER, approved=True)
    resume = asked(c.ResumeIssue, OFFICER)
    await recorded(database, number, [suspension, grant])
    await recorded(database, number, [resume], at=NOON + timedelta(days=60))
    answer = (await town.get(OFFICER, f"/issues/{number}/deadlines")).json()
    resolve = next(item for item in answer["items"] if item["kind"] == "resolve")
    assert resolve["provisional"]
    assert resolve["sentences"][-1] == "2026-12-31 之后的节假日尚未公布，时限为暂定。"


async def test_an_issue_without_a_first_step_has_no_deadlines_yet(
    town: Town, database: Database
) -> None:
    number = await born(database)
    answer = await town.get(RESIDENT, f"/issues/{number}/deadlines")
    assert (answer.status_code, answer.json()) == (200, None)
    async with database.begin() as session:
        await Births(session).mark_started([IssueNumber(number)], NOON)


async def test_a_page_of_an_issue_names_its_meeting_and_then_who_took_it_over(
    town: Town, database: Database
) -> None:
    issue = await born_in(IssueState.DISPATCHED, database)
    convened = asked(c.ConveneMeeting, SUPERVISOR, level=Level.COUNTY)
    await recorded(database, issue.number, [convened])
    before = (await town.get(SUPERVISOR, f"/issues/{issue.number}")).json()
    meeting = f"{issue.number}-M1"
    assert (before["meeting"]["number"], before["meeting"]["level"]) == (meeting, "county")
    assert (before["beyond_county"], before["supervised_by"]) == (False, None)
    end = c.EndMeeting.by_engine(
        "end",
        meeting=MeetingNumber(meeting),
        outcome=ItemOutcome.NO_DECISION,
        leader=Subject("leader.1"),
    )
    await recorded(database, issue.number, [end])
    after = (await town.get(SUPERVISOR, f"/issues/{issue.number}")).json()
    assert (after["meeting"], after["state"]) == (None, "dispatching")
    assert (after["beyond_county"], after["supervised_by"]) == (True, "leader.1")


async def test_issues_beyond_the_county_are_listed_and_searched(
    town: Town, database: Database
) -> None:
    within, beyond = [await born_in(IssueState.DISPATCHED, database) for _ in range(2)]
    convened = asked(c.ConveneMeeting, SUPERVISOR, level=Level.COUNTY)
    undecided = c.EndMeeting.by_engine(
        "end", meeting=MeetingNumber(f"{beyond.number}-M1"), outcome=ItemOutcome.NO_DECISION
    )
    await recorded(database, beyond.number, [convened, undecided])
    for wanted, number in ((True, beyond.number), (False, within.number)):
        listed = await town.get(SUPERVISOR, "/issues", beyond_county=str(wanted).lower())
        found = await town.post(SUPERVISOR, "/issues/search", {"beyond_county": wanted})
        for answer in (listed, found):
            assert [each["number"] for each in answer.json()["items"]] == [number], answer.text
