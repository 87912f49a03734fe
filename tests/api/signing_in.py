"""People with accounts who sign in: cheap hashes, and a watch that tests wind."""

from dataclasses import dataclass, field

import httpx
from pwdlib.hashers.argon2 import Argon2Hasher

from api.ways_in.addresses import Addresses
from api.ways_in.passwords import Passwords
from api.ways_in.ring import KeyRing
from api.ways_in.sessions import WaysIn
from observability.clock import now
from storage.accounts.hashing import IdentityHasher
from tests.api.town import ADMINISTRATOR, Json, Town
from tests.builders import GRID, POLICE

RING_KEY = b"a-key-of-the-ring-for-tests-only-and-long"
CHEAP = Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1)


def a_way_in(per_minute: int = 1_000) -> WaysIn:
    return WaysIn(
        ring=KeyRing.of([RING_KEY]),
        hasher=IdentityHasher([b"a-key-that-hashes-identities-in-tests"]),
        passwords=Passwords(CHEAP),
        addresses=Addresses(per_minute, now),
    )


STAFF: Json = {"roles": ["staff"], "department": POLICE}
WORKER: Json = {"roles": ["grid_worker"], "grids": [GRID]}
PASSWORD = "correct horse battery"


@dataclass
class Watchmaker:
    """What the watch over sessions is told of time."""

    seconds: float = field(default=0.0)

    def __call__(self) -> float:
        return self.seconds

    def later(self, seconds: float = 10.0) -> None:
        self.seconds += seconds


@dataclass
class Person:
    """Somebody with an account, at a phone or a desk."""

    http: httpx.AsyncClient
    login: str
    password: str
    access: str = ""
    refresh: str = ""
    """As the last answer said."""

    async def signs_in(self, **more: object) -> httpx.Response:
        body = {"login": self.login, "password": self.password, **more}
        return self._kept(await self.http.post("/sign-in", json=body))

    async def refreshes(self, token: str | None = None) -> httpx.Response:
        body = {"refresh_token": token or self.refresh}
        return self._kept(await self.http.post("/refresh", json=body))

    async def posts(self, path: str, **body: object) -> httpx.Response:
        return self._kept(await self.http.post(path, json=body, headers=self.bearer))

    async def gets(self, path: str) -> httpx.Response:
        return await self.http.get(path, headers=self.bearer)

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.access}"}

    def _kept(self, answer: httpx.Response) -> httpx.Response:
        said = answer.json()
        self.access = said.get("access_token", self.access)
        self.refresh = said.get("refresh_token", self.refresh)
        return answer


async def hired(town: Town, *appointments: Json, login: str = "lin", **more: object) -> Person:
    """A new account; its holder has not signed in yet and has to change the password."""
    body = {"subject": f"s.{login}", "login": login, "appointments": appointments or [STAFF]}
    answer = await town.post(ADMINISTRATOR, "/accounts", {**body, **more})
    assert answer.status_code == 201, answer.text
    return Person(town.http, login, answer.json()["password"])


async def at_work(town: Town, *appointments: Json, login: str = "lin") -> Person:
    """Somebody signed in with a password of their own."""
    person = await hired(town, *appointments, login=login)
    await person.signs_in()
    answer = await person.posts("/me/password", password=person.password, new_password=PASSWORD)
    assert answer.status_code == 200, answer.text
    person.password = PASSWORD
    return person
