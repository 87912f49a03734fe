"""Accounts made at the database: of the demo community once, and of a first administrator."""

from typing import Any

import pytest
from pydantic import SecretStr

from api.ways_in.sessions import WaysIn
from deploy import accounts
from deploy.accounts import Founding
from deploy.demo import accounts as demo
from deploy.demo import town as demo_town
from domain.ids import Subject
from domain.vocabulary import Role
from settings import Settings
from storage.accounts.appointments import Appointments
from storage.accounts.repository import Taken
from storage.session import Database
from tests.api.signing_in import Person
from tests.api.test_signing_in import said
from tests.api.town import SECRET, Town
from tests.builders import COUNTY, NOON, an_actor

CHIEF = an_actor(Role.ADMINISTRATOR, subject="chief", grids=(COUNTY,))


@pytest.fixture
def founding(database: Database, ways_in: WaysIn) -> Founding:
    return Founding(database=database, hasher=ways_in.hasher, passwords=ways_in.passwords)


async def test_a_first_administrator_appoints_the_next(town: Town, founding: Founding) -> None:
    made = await founding.found([CHIEF], NOON)
    chief = Person(town.http, "chief", made[CHIEF.subject])
    assert (await chief.signs_in()).json()["must_change_password"] is True
    own = "a password of my own"
    await chief.posts("/me/password", password=chief.password, new_password=own)
    worker = {"roles": ["grid_worker"], "grids": [COUNTY]}
    answer = await town.http.post(
        "/accounts",
        json={"login": "next", "appointments": [worker]},
        headers=chief.bearer | {"Idempotency-Key": "k"},
    )
    assert answer.status_code == 201


async def test_all_are_made_or_none(town: Town, founding: Founding) -> None:
    await founding.found([CHIEF], NOON)
    other = an_actor(Role.STAFF, subject="other")
    with pytest.raises(Taken):
        await founding.found([other, CHIEF], NOON)
    guess = await Person(town.http, "other", "whatever").signs_in()
    assert said(guess) == (401, "sign_in_failed")
    assert (await founding.found([other], NOON)).keys() == {Subject("other")}


async def test_everybody_of_the_demo_gets_an_account_once(
    database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch, ways_in: WaysIn
) -> None:
    monkeypatch.setattr(demo, "Passwords", lambda: ways_in.passwords)
    settings = Settings(database_url=database_url, jwt_secret=SecretStr(SECRET))
    passwords = await demo.seed(settings)
    people = demo_town.people()
    assert passwords.keys() == people.keys()
    assert len(set(passwords.values())) == len(people)
    assert await demo.seed(settings) == {}
    async with database.read() as session:
        for subject, actor in people.items():
            posts = await Appointments(session).of(Subject(subject))
            assert [each.actor for each in posts] == [actor]


@pytest.mark.parametrize("subject", ["13800138000", "two words", "李", ""])
def test_the_command_takes_opaque_subjects_only(
    subject: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        accounts.main([subject, "--grid", "qj"])
    assert "opaque" in capsys.readouterr().err


KEY = SecretStr("k" * 32)


def test_rings_are_given_or_made_from_the_secret_and_never_are_it() -> None:
    plain = Settings(database_url="x", jwt_secret=SecretStr(SECRET))
    rings = [plain.session_ring, plain.identity_ring]
    assert all(len(each) == 1 and len(each[0]) == 32 for each in rings)
    assert len({*rings[0], *rings[1], SECRET.encode()}) == 3
    given = Settings(database_url="x", session_keys=(KEY,), identity_keys=(KEY,), jwt_secret=None)
    assert (given.session_ring, given.identity_ring) == ((b"k" * 32,), (b"k" * 32,))


@pytest.mark.parametrize("name", ["session_keys", "identity_keys"])
def test_a_weak_key_is_refused_and_never_printed(name: str) -> None:
    rings: dict[str, Any] = {name: (KEY, SecretStr("weak-key"))}
    with pytest.raises(ValueError, match="shorter than 32") as refused:
        Settings(database_url="x", jwt_secret=SecretStr(SECRET), **rings)
    assert "weak-key" not in str(refused.value)


def test_without_a_secret_keys_have_to_be_given() -> None:
    bare = Settings(database_url="x", jwt_secret=None, jwt_jwks_url="https://id.test/keys")
    for ring in ("session_ring", "identity_ring"):
        with pytest.raises(ValueError, match="there is no jwt_secret"):
            getattr(bare, ring)
