"""A person gets what is kept of them; an administrator may erase it, within their grids."""

import pytest
from structlog.testing import capture_logs

from api.ways_in.sessions import WaysIn
from domain.actor import Actor
from domain.appointment import Appointment
from domain.ids import GridCode
from domain.vocabulary import IssueState, Role
from storage.accounts.appointments import Appointments
from storage.accounts.repository import Accounts
from storage.accounts.views import Account
from storage.residents.links import ResidentLinks
from storage.residents.views import LinkKind
from storage.session import Database
from tests.api.residents import linked
from tests.api.town import ADMINISTRATOR, STRANGER, Town
from tests.builders import DISPATCHER, GRID, NOON, OFFICER, RESIDENT, SUPERVISOR, an_actor
from tests.storage.stories import born, born_in
from tests.storage.test_blanking import marked_closed

WANG = {"reporter_name": "王女士", "reporter_phone": "13800000000"}
ME = {"subject": RESIDENT.subject}
ELSEWHERE = an_actor(Role.ADMINISTRATOR, subject="a.2", grids=(GridCode("yj"),))


async def test_everybody_gets_what_is_kept_of_them(town: Town, database: Database) -> None:
    number = (await born_in(IssueState.HANDLING, database, **WANG)).number
    with capture_logs() as logs:
        answer = await town.post(RESIDENT, "/persons/export", ME)
    kept = answer.json()
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert [(each["number"], each["reporter"]["name"]) for each in kept["issues"]] == [
        (number, "王女士")
    ]
    assert [each["body"] for each in kept["texts"]] == ["井盖没了"]
    assert [line["about"] for line in logs if line["event"] == "person_exported"] == ["r.1"]
    assert "王女士" not in str(logs)


@pytest.mark.parametrize("who", [STRANGER, OFFICER, DISPATCHER, SUPERVISOR])
@pytest.mark.parametrize("wish", ["export", "erase"])
async def test_nobody_else_gets_it_and_nobody_else_erases_it(
    town: Town, database: Database, who: Actor, wish: str
) -> None:
    await born_in(IssueState.CLOSED, database, **WANG)
    answer = await town.post(who, f"/persons/{wish}", ME)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert len((await town.post(RESIDENT, "/persons/export", ME)).json()["texts"]) == 1


async def test_an_administrator_erases_a_person_once(town: Town, database: Database) -> None:
    number = (await born_in(IssueState.CLOSED, database, **WANG)).number
    waiting = (await born_in(IssueState.HANDLING, database, **WANG)).number
    answers = [await town.post(ADMINISTRATOR, "/persons/erase", ME, key="e") for _ in "12"]
    assert [each.json() for each in answers] == [
        {
            "subject": "r.1",
            "account": False,
            "issues": 1,
            "texts": 1,
            "pictures": 0,
            "still_open": [waiting],
            "beyond_scope": 0,
            "words_left": 1,
            "more": 0,
        }
    ] * 2
    kept = (await town.post(ADMINISTRATOR, "/persons/export", ME)).json()
    names = {each["number"]: each["reporter"]["name"] for each in kept["issues"]}
    assert names == {number: None, waiting: "王女士"}


async def test_administrators_of_other_grids_find_nothing(town: Town, database: Database) -> None:
    await born_in(IssueState.CLOSED, database, **WANG)
    kept = (await town.post(ELSEWHERE, "/persons/export", ME)).json()
    gone = (await town.post(ELSEWHERE, "/persons/erase", ME)).json()
    assert (kept["issues"], gone["issues"], gone["beyond_scope"]) == ([], 0, 1)


async def test_a_phone_number_is_no_subject(town: Town) -> None:
    answer = await town.post(RESIDENT, "/persons/export", {"subject": "13800000000"})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


async def test_an_erased_residents_account_is_nobodys(town: Town, database: Database) -> None:
    resident = {"subject": "r.1", "login": "resident_one", "phone": "13800000000"}
    at_home = [{"roles": ["resident"], "grids": [GRID]}]
    made = await town.post(ADMINISTRATOR, "/accounts", {**resident, "appointments": at_home})
    assert made.status_code == 201, made.text
    waiting = (await born_in(IssueState.HANDLING, database)).number
    first = (await town.post(ADMINISTRATOR, "/persons/erase", ME)).json()
    assert (first["account"], first["still_open"]) == (False, [waiting])
    withdrawn = await town.post(RESIDENT, f"/issues/{waiting}/withdraw", {"text": "不用了"})
    assert withdrawn.status_code == 200
    assert (await town.post(ADMINISTRATOR, "/persons/erase", ME)).json()["account"] is True
    left = (await town.get(ADMINISTRATOR, "/accounts/r.1")).json()
    assert (left["login"], left["has_phone"], left["disabled_at"] is None) == (None, False, False)


async def test_who_left_a_phone_is_erased_by_it(town: Town, database: Database) -> None:
    number = (await born_in(IssueState.CLOSED, database, **WANG)).number
    phone = {"phone": "138 0000 0000"}
    with capture_logs() as logs:
        kept = (await town.post(ADMINISTRATOR, "/persons/export", phone)).json()
        gone = (await town.post(ADMINISTRATOR, "/persons/erase", phone)).json()
    assert ([each["number"] for each in kept["issues"]], gone["issues"]) == ([number], 1)
    assert "138" not in str([line for line in logs if line["event"].startswith("person_")])
    assert (await town.post(RESIDENT, "/persons/export", phone)).status_code == 403


@pytest.mark.parametrize("body", [{}, {"subject": "r.1", "phone": "13800000000"}])
async def test_one_person_is_meant(town: Town, body: dict[str, str]) -> None:
    answer = await town.post(ADMINISTRATOR, "/persons/export", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


async def test_who_signs_in_with_a_phone_is_erased_by_it(town: Town, database: Database) -> None:
    resident = {"subject": "r.1", "login": "resident_one", "phone": "13800000000"}
    at_home = [{"roles": ["resident"], "grids": [GRID]}]
    made = await town.post(ADMINISTRATOR, "/accounts", {**resident, "appointments": at_home})
    assert made.status_code == 201, made.text
    number = (await born_in(IssueState.CLOSED, database)).number
    phone = {"phone": "138 0000 0000"}
    kept = (await town.post(ADMINISTRATOR, "/persons/export", phone)).json()
    assert (kept["subject"], [each["number"] for each in kept["issues"]]) == ("r.1", [number])
    account = kept["account"]
    assert (account["login"], account["has_phone"]) == ("resident_one", True)
    assert [each["roles"] for each in account["appointments"]] == [["resident"]]
    elsewhere = (await town.post(ELSEWHERE, "/persons/export", phone)).json()
    assert (elsewhere["account"], elsewhere["issues"]) == (None, [])
    assert (await town.post(RESIDENT, "/persons/export", phone)).status_code == 403
    answers = [await town.post(ADMINISTRATOR, "/persons/erase", phone, key="e") for _ in "12"]
    gone = answers[0].json()
    assert (gone["subject"], gone["issues"], gone["account"]) == ("r.1", 1, True)
    assert answers[1].json() == gone
    left = (await town.get(ADMINISTRATOR, "/accounts/r.1")).json()
    assert (left["login"], left["has_phone"]) == (None, False)


@pytest.mark.parametrize(
    ("raised_in", "is_forgotten"),
    [((GRID,), True), ((GRID, GridCode("yj.kn")), False), ((), False)],
    ids=["here", "here and there", "nowhere"],
)
async def test_who_lives_in_two_districts_is_forgotten_where_all_their_issues_are(
    town: Town,
    database: Database,
    ways_in: WaysIn,
    raised_in: tuple[GridCode, ...],
    is_forgotten: bool,
) -> None:
    places = (GRID, GridCode("yj.kn"))
    appointment = Appointment(
        id="0" * 32,
        subject=RESIDENT.subject,
        roles=(Role.RESIDENT,),
        grids=places,
        places=places,
        since=NOON,
        appointed_by=ADMINISTRATOR.subject,
    )
    account = Account(subject=RESIDENT.subject, created_at=NOON, created_by=ADMINISTRATOR.subject)
    async with database.begin() as session:
        await Accounts(session, ways_in.hasher).add(account)
        await Appointments(session).add(appointment, NOON)
    for grid in raised_in:
        await marked_closed(database, await born(database, grid=grid))
    gone = (await town.post(ADMINISTRATOR, "/persons/erase", ME)).json()
    assert gone["account"] is is_forgotten


@pytest.mark.parametrize("whom", [ME, {"phone": "13800000000"}], ids=["subject", "phone"])
async def test_no_link_acts_in_the_name_of_who_was_erased(
    town: Town, database: Database, whom: dict[str, str]
) -> None:
    closed = (await born_in(IssueState.CLOSED, database, **WANG)).number
    waiting = (await born_in(IssueState.HANDLING, database)).number
    own, needed = await linked(database, closed), await linked(database, waiting)
    board = await linked(database, closed, LinkKind.BOARD)
    kept = (await town.post(RESIDENT, "/persons/export", ME)).json()
    assert {each["id"] for each in kept["links"]} == {own.id, needed.id}
    await town.post(ADMINISTRATOR, "/persons/erase", whom)
    async with database.read() as session:
        links = [
            await ResidentLinks(session).one(each.number, each.id) for each in (own, board, needed)
        ]
    assert [each is not None and each.revoked_at is not None for each in links] == [
        True,
        False,
        False,
    ]
    kept = (await town.post(RESIDENT, "/persons/export", ME)).json()
    assert [each["id"] for each in kept["links"]] == [needed.id]
