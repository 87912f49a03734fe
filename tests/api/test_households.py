"""A household's colour hastens what is raised there, and is found nowhere outside the server."""

from dataclasses import replace

import pytest
import structlog
from fastapi import FastAPI
from pydantic import SecretStr, ValidationError
from sqlalchemy import text
from structlog.testing import capture_logs

from api.asking import Asking
from api.schemas.households import ColourBody
from domain import commands as c
from domain.household import Colour, plain_address
from domain.ids import IssueNumber
from domain.reference import ReferenceKind
from domain.vocabulary import IssueState, Role
from settings import Settings
from storage.births import Births
from storage.queries import Queries
from storage.reference import ReferenceRepository
from storage.session import Database
from tests.api.town import ADMINISTRATOR, UNAUDITED, Json, Town, fields_of
from tests.builders import DISPATCHER, GRID, NOON, RESIDENT, a_policy, an_actor, the_way_to
from tests.storage.stories import recorded

KEY = b"a key of thirty-two bytes or more"
ADDRESS = "2单元 501室"
_PAGES = ("", "/timeline", "/deadlines", "/reporter")


@pytest.fixture
def keyed(app: FastAPI) -> None:
    app.state.parts = replace(app.state.parts, household_key=KEY)


async def coloured(
    town: Town, colour: str = "red", grid: str = GRID, address: str | None = None
) -> Json:
    body: Json = {"grid": grid, "colour": colour} | ({"address": address} if address else {})
    answer = await town.post(ADMINISTRATOR, "/households/set-colour", body)
    assert answer.status_code == 200, answer.text
    written: Json = answer.json()
    return written


async def has_priority(town: Town, address: str | None = ADDRESS, **fields: object) -> bool:
    number = await town.raised(RESIDENT, reporter={"address": address}, **fields)
    return bool((await town.get(DISPATCHER, f"/issues/{number}")).json()["priority"])


@pytest.mark.usefixtures("keyed")
@pytest.mark.parametrize("spelt", [ADDRESS, "２单元５０１室", " 2单元-501 室。"])
async def test_however_an_address_is_spelt_its_colour_is_found(town: Town, spelt: str) -> None:
    await coloured(town, address=ADDRESS)
    assert await has_priority(town, spelt)
    assert not await has_priority(town, "2单元502室")
    assert not await has_priority(town, None)
    assert not await has_priority(town, grid="qj")


@pytest.mark.usefixtures("keyed")
async def test_the_address_goes_before_its_building_and_a_building_before_the_street(
    town: Town,
) -> None:
    await coloured(town, grid="qj.bh")
    assert await has_priority(town)
    await coloured(town, "green")
    assert not await has_priority(town)
    assert await has_priority(town, grid="qj.bh")
    await coloured(town, address=ADDRESS)
    assert await has_priority(town)
    assert not await has_priority(town, None)


@pytest.mark.usefixtures("keyed")
async def test_a_colour_taken_away_hastens_nothing(town: Town, database: Database) -> None:
    await coloured(town, address=ADDRESS)
    body = {"grid": GRID, "address": ADDRESS}
    answers = [await town.post(ADMINISTRATOR, "/households/clear-colour", body) for _ in "12"]
    assert [each.json()["of_address"] for each in answers] == [True, True]
    assert not await has_priority(town)
    async with database.read() as session:
        left = await session.execute(text("SELECT count(*) FROM households"))
    assert left.scalar_one() == 0


@pytest.mark.parametrize("colour", list(Colour))
@pytest.mark.parametrize("raising", [(), (Colour.RED,), (Colour.RED, Colour.YELLOW)])
async def test_the_policy_says_which_colours_hasten(
    town: Town, database: Database, colour: Colour, raising: tuple[Colour, ...]
) -> None:
    policy = a_policy(priority_for=raising)
    async with database.begin() as session:
        await ReferenceRepository(session).write(
            ReferenceKind.SLA_POLICY,
            policy.code,
            policy,
            expected_version=1,
            actor=ADMINISTRATOR.subject,
            at=NOON,
        )
    await coloured(town, colour)
    assert await has_priority(town) is (colour in raising)


async def test_without_a_policy_a_whistle_is_taken_all_the_same(
    town: Town, database: Database
) -> None:
    async with database.begin() as session:
        await ReferenceRepository(session).write(
            ReferenceKind.SLA_POLICY,
            "plain",
            a_policy(),
            expected_version=1,
            actor=ADMINISTRATOR.subject,
            at=NOON,
            retired=True,
        )
    await coloured(town)
    assert not await has_priority(town)


async def test_priority_lasts_through_every_step(town: Town, database: Database) -> None:
    await coloured(town)
    number = IssueNumber(await town.raised(RESIDENT))
    issue = await recorded(database, number, the_way_to(IssueState.HANDLING))
    assert (issue.origin.raised_with_priority, issue.priority) == (True, False)
    async with database.read() as session:
        detail = await Queries(session).issue(number)
    assert detail is not None
    assert (detail.line.raised_with_priority, detail.line.priority) == (True, False)
    assert (await town.get(DISPATCHER, "/issues")).json()["items"][0]["priority"]


async def test_who_raised_it_cannot_guess_at_a_colour(town: Town) -> None:
    await coloured(town)
    number = await town.raised(RESIDENT)
    for path in (f"/issues/{number}", "/issues"):
        shown = (await town.get(RESIDENT, path)).json()
        assert (shown["items"][0] if "items" in shown else shown)["priority"] is False


@pytest.mark.usefixtures("keyed")
async def test_a_planted_colour_is_in_no_answer_log_event_or_history(
    town: Town, database: Database
) -> None:
    """Yellow, for red is in no other word either: `registered`, `required`."""
    yellow = a_policy(priority_for=())
    assert "yellow" not in str(yellow)
    said: list[str] = []
    with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as logs:
        said.append(str(await coloured(town, "yellow", address=ADDRESS)))
        number = IssueNumber(await town.raised(RESIDENT, reporter={"address": ADDRESS}))
        await recorded(database, number, the_way_to(IssueState.RESOLVED))
        paths = [f"/issues/{number}{page}" for page in _PAGES] + [
            f"/reference/{kind}" for kind in ReferenceKind
        ]
        for who in (RESIDENT, DISPATCHER, ADMINISTRATOR):
            said += [(await town.get(who, path)).text for path in ("/issues", *paths)]
    async with database.read() as session:
        origin = await Births(session).origin(number)
    told = "\n".join([*said, str(logs), str(origin)])
    assert "request_answered" in told
    assert "household_written" in told
    for secret in ("yellow", plain_address(ADDRESS)):
        assert secret not in told
    assert await tables_with(database, "yellow") == ["households"]
    assert await tables_with(database, ADDRESS) == []


async def tables_with(database: Database, word: str) -> list[str]:
    async with database.read() as session:
        listed = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        found = []
        for name in (await session.execute(text(listed))).scalars().all():
            rows = await session.execute(text(f"SELECT row_to_json(t)::text FROM {name} t"))
            if any(word in row for row in rows.scalars()):
                found.append(name)
    return found


@pytest.mark.usefixtures("keyed")
async def test_the_print_of_a_request_does_not_give_its_colour_away(
    town: Town, database: Database
) -> None:
    body = {"grid": GRID, "address": ADDRESS, "colour": "yellow"}
    await town.post(ADMINISTRATOR, "/households/set-colour", body, key="k")
    again = await town.post(ADMINISTRATOR, "/households/set-colour", body, key="k")
    other = body | {"colour": "green"}
    reused = await town.post(ADMINISTRATOR, "/households/set-colour", other, key="k")
    assert (again.status_code, reused.json()["code"]) == (200, "idempotency_key_reused")
    plain = Asking("k", ADMINISTRATOR, "", UNAUDITED).fingerprint(ColourBody.model_validate(body))
    assert await tables_with(database, plain) == []


async def test_only_administrators_of_the_place_write(town: Town) -> None:
    body = {"grid": GRID, "colour": "red"}
    for who, code in (
        (RESIDENT, "forbidden"),
        (DISPATCHER, "forbidden"),
        (an_actor(Role.ADMINISTRATOR, subject="a.2"), "out_of_scope"),
    ):
        answer = await town.post(who, "/households/set-colour", body)
        assert (answer.status_code, answer.json()["code"]) == (403, code)


@pytest.mark.parametrize(
    ("change", "field", "rule"),
    [
        ({"grid": "nowhere"}, "grid", "unknown_code"),
        ({"colour": "blue"}, "colour", "enum"),
        ({"address": ""}, "address", "string_too_short"),
        ({"address": ADDRESS}, "address", "no_household_key"),
    ],
)
async def test_a_bad_household_names_its_field(
    town: Town, change: Json, field: str, rule: str
) -> None:
    body = {"grid": GRID, "colour": "red"} | change
    answer = await town.post(ADMINISTRATOR, "/households/set-colour", body)
    assert fields_of(answer) == {field: rule}


def test_no_command_names_a_colour() -> None:
    fields = {name for each in c.NAMES.values() for name in each.__dataclass_fields__}
    assert not any("colour" in name or "household" in name for name in fields)


def test_a_short_key_is_refused_at_the_start() -> None:
    long = SecretStr("k" * 32)
    with pytest.raises(ValidationError, match="household_key is shorter"):
        Settings(database_url="x", jwt_secret=long, household_key=SecretStr("short"))
    assert Settings(database_url="x", jwt_secret=long, household_key=long).household_key == long
