"""Names of staff are kept in one place, and go from there for good."""

import json

import httpx
import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from deploy.reference.load import load
from deploy.reference.shipped import Shipped, read
from domain.ids import GridCode
from domain.vocabulary import Role
from storage.session import Database
from tests.api.town import ADMINISTRATOR, Json, Town
from tests.builders import DISPATCHER, OFFICER, an_actor

P1 = "/reference/staff/p.1"
ERASE = f"{P1}/erase-personal-data"
NAMED: Json = {"expected_version": 1, "entry": {"department": "police", "name": "李警官"}}


async def kept_answers(database: Database) -> str:
    async with database.read() as session:
        rows = await session.execute(text("SELECT answer::text FROM idempotency_keys"))
        return " ".join(row[0] for row in rows)


async def test_a_kept_answer_says_which_version_and_no_name(town: Town, database: Database) -> None:
    answers = [await town.post(ADMINISTRATOR, P1, NAMED, key="k") for _ in "12"]
    assert answers[0].json() == answers[1].json()
    assert answers[1].json()["entry"]["name"] == "李警官"
    assert "李警官" not in await kept_answers(database)


async def test_an_erased_name_is_gone_from_every_version_and_answer(
    town: Town, database: Database
) -> None:
    await town.post(ADMINISTRATOR, P1, NAMED, key="write")
    with capture_logs() as logs:
        erased = [await town.post(ADMINISTRATOR, ERASE, key="erase") for _ in "12"]
    assert [each.json() for each in erased] == [{"code": "p.1", "versions": 2}] * 2
    for version in (1, 2):
        assert (await town.get(OFFICER, P1, version=version)).json()["entry"]["name"] == ""
    again = await town.post(ADMINISTRATOR, P1, NAMED, key="write")
    assert (again.json()["version"], again.json()["entry"]["name"]) == (2, "")
    told = [each for each in logs if each["event"] == "staff_name_erased"]
    assert [(each["staff"], each["subject"]) for each in told] == [("p.1", "a.1")]


async def test_only_an_administrator_of_the_department_erases_a_name(town: Town) -> None:
    elsewhere = an_actor(Role.ADMINISTRATOR, subject="a.2", grids=(GridCode("yj"),))
    for who, code in ((DISPATCHER, "forbidden"), (elsewhere, "out_of_scope")):
        answer = await town.post(who, ERASE)
        assert (answer.status_code, answer.json()["code"]) == (403, code)
    nobody = await town.post(ADMINISTRATOR, "/reference/staff/p.404/erase-personal-data")
    assert (nobody.status_code, nobody.json()["code"]) == (404, "not_found")


class Installation:
    """The addresses that a load asks, before one member of staff."""

    def __init__(self, **present: object) -> None:
        self.present = {"code": "p.1", "version": 3, "retired": False} | present
        self.taken: list[Json] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            self.taken.append(json.loads(request.content)["entry"])
            return httpx.Response(200, json={"version": 4})
        has = request.url.path.endswith("/staff") and "entry" in self.present
        return httpx.Response(200, json={"items": [self.present] if has else [], "next": None})


@pytest.fixture
def shipped(tmp_path_factory: pytest.TempPathFactory) -> tuple[Shipped, ...]:
    folder = tmp_path_factory.mktemp("shipped")
    entry = {"code": "p.1", "department": "police", "name": "李警官"}
    (folder / "staff.json").write_text(json.dumps(entry), encoding="utf-8")
    return read(folder)


@pytest.mark.parametrize(
    ("present", "taken"),
    [
        ({}, [{"code": "p.1", "department": "police", "name": "李警官"}]),
        ({"entry": {"code": "p.1", "department": "police", "name": ""}}, []),
        (
            {"entry": {"code": "p.1", "department": "water", "name": ""}},
            [{"code": "p.1", "department": "police"}],
        ),
        (
            {"entry": {"code": "p.1", "department": "police", "name": ""}, "retired": True},
            [{"code": "p.1", "department": "police"}],
        ),
        (
            {"entry": {"code": "p.1", "department": "police", "name": "李"}},
            [{"code": "p.1", "department": "police", "name": "李警官"}],
        ),
    ],
    ids=["new", "erased", "erased and moved", "erased and retired", "renamed"],
)
def test_a_load_brings_no_erased_name_back(
    shipped: tuple[Shipped, ...],
    present: Json,
    taken: list[Json],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    there = Installation(**present)
    monkeypatch.setattr(
        httpx.Client, "_init_transport", lambda *_, **__: httpx.MockTransport(there.answer)
    )
    loaded = load(shipped, "http://there", "token")
    assert there.taken == taken
    assert (loaded.written, loaded.unchanged) == (len(taken), 1 - len(taken))
