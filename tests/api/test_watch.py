"""Which tokens the gate lets in, and for how long after their session has ended."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import jwt
import pytest
from typing_extensions import override

from api.auth import Gate
from api.keys import FixedKey, NoKey
from api.problems import Problem
from api.tokens import mint
from api.ways_in.ring import AUDIENCE, ISSUER, KeyRing, name_of
from api.ways_in.sessions import Tokens, WaysIn, open_session
from api.ways_in.watch import KEPT_S, Watch
from domain.ids import Subject
from observability.clock import now
from storage.accounts.appointments import Appointments
from storage.accounts.repository import Accounts
from storage.accounts.sessions import SignInSessions
from storage.accounts.views import Because
from storage.session import Database, Session, Unreachable
from tests.api.signing_in import RING_KEY, Watchmaker
from tests.api.town import SECRET
from tests.builders import NOON
from tests.domain.test_appointment import an_appointment
from tests.storage.test_accounts import SHE, an_account

MINUTES = timedelta(minutes=10)


class Counted(Database):
    """A database that can be away, and counts how often it is asked for one statement."""

    asked = 0
    is_away = False

    @override
    @asynccontextmanager
    async def single(self) -> AsyncIterator[Session]:
        self.asked += 1
        if self.is_away:
            raise Unreachable("away")
        async with super().single() as session:
            yield session


@pytest.fixture
def counted(database_url: str) -> Counted:
    return Counted(database_url)


@pytest.fixture
def gate(counted: Counted, ways_in: WaysIn, ticks: Watchmaker) -> Gate:
    return Gate(FixedKey.secret(SECRET), own=Watch(ways_in.ring, counted, lambda: NOON, ticks))


async def signed_in(database: Database, ways_in: WaysIn) -> Tokens:
    async with database.begin() as session:
        await Accounts(session, ways_in.hasher).add(an_account())
        await Appointments(session).add(an_appointment(), NOON)
        account = await Accounts(session, ways_in.hasher).by_subject(SHE)
        assert account is not None
        return await open_session(session, ways_in, account, way="password", at=NOON)


async def refused(gate: Gate, token: str) -> str:
    with pytest.raises(Problem) as said:
        await gate.presence(token)
    return str(said.value.code)


async def test_who_acts_is_what_the_session_says(
    gate: Gate, counted: Counted, ways_in: WaysIn
) -> None:
    tokens = await signed_in(counted, ways_in)
    more = {"sub": SHE, "sid": tokens.session.id, "roles": ["administrator"], "grids": ["qj"]}
    boasting = ways_in.ring.sign(more, at=NOON, lasts=MINUTES)
    for token in (tokens.access, boasting):
        presence = await gate.presence(token)
        assert presence.actor == an_appointment().actor
        assert presence.session == tokens.session
    await counted.close()


async def test_a_session_is_looked_up_once_in_two_seconds_and_its_end_noticed(
    gate: Gate, counted: Counted, ways_in: WaysIn, ticks: Watchmaker
) -> None:
    tokens = await signed_in(counted, ways_in)
    for _ in range(100):
        await gate.actor(tokens.access)
    assert counted.asked == 1
    async with counted.begin() as session:
        await SignInSessions(session).revoke(tokens.session.id, Because.SIGNED_OUT, NOON)
    ticks.later(KEPT_S - 0.1)
    await gate.actor(tokens.access)
    ticks.later(0.1)
    assert await refused(gate, tokens.access) == "session_over"
    await counted.close()


async def test_without_the_database_nobody_is_let_in(
    gate: Gate, counted: Counted, ways_in: WaysIn, ticks: Watchmaker
) -> None:
    tokens = await signed_in(counted, ways_in)
    await gate.actor(tokens.access)
    counted.is_away = True
    ticks.later()
    with pytest.raises(Unreachable):
        await gate.actor(tokens.access)
    await counted.close()


async def test_a_token_is_of_the_session_and_the_person_it_names(
    gate: Gate, counted: Counted, ways_in: WaysIn
) -> None:
    tokens = await signed_in(counted, ways_in)
    for claims in (
        {"sub": SHE, "sid": "0" * 32},
        {"sub": Subject("s.2"), "sid": tokens.session.id},
    ):
        token = ways_in.ring.sign(claims, at=NOON, lasts=MINUTES)
        assert await refused(gate, token) == "session_over"
    await counted.close()


OURS = name_of(RING_KEY)


@pytest.mark.parametrize(
    ("key", "algorithm", "kid"),
    [
        (SECRET.encode(), "HS256", OURS),  # the operator's key under our name
        (RING_KEY, "HS256", OURS),  # our key, for something that is no access token
        (RING_KEY, "HS256", "other"),
        (RING_KEY, "HS256", None),
        (None, "none", OURS),
        (None, "none", None),
        (SECRET.encode() * 2, "HS512", None),
    ],
)
async def test_keys_and_kinds_of_tokens_are_not_taken_for_one_another(
    gate: Gate, key: bytes | None, algorithm: str, kid: str | None
) -> None:
    claims = {"sub": "p.1", "roles": ["staff"], "sid": "0" * 32, "iss": ISSUER, "aud": AUDIENCE}
    times = {"iat": now(), "exp": now() + MINUTES}
    secret: Any = key  # None, for the algorithm that needs none
    headers = {"kid": kid} if kid else {}
    token = jwt.encode({**claims, **times}, secret, algorithm=algorithm, headers=headers)
    assert await refused(gate, token) == "unauthenticated"


async def test_tokens_of_the_operators_key_go_on_beside_ours(gate: Gate) -> None:
    said = {"sub": "p.1", "roles": ["staff"], "sid": "0" * 32}
    token = mint(SECRET, dict(said), at=now(), lifetime=MINUTES)
    presence = await gate.presence(token)
    assert (presence.actor.subject, presence.session) == ("p.1", None)
    assert not presence.must_change_password


async def test_who_trusts_no_tokens_but_our_own_lets_nobody_else_in(counted: Counted) -> None:
    watch = Watch(KeyRing.of([RING_KEY]), counted, lambda: NOON, lambda: 0.0)
    gate = Gate(NoKey(), own=watch)
    token = mint(SECRET, {"sub": "p.1", "roles": ["staff"]}, at=now(), lifetime=MINUTES)
    assert await refused(gate, token) == "unauthenticated"
