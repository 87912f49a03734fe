"""People with accounts who sign in: cheap hashes, and a watch that tests wind."""

from dataclasses import dataclass, field

from pwdlib.hashers.argon2 import Argon2Hasher

from api.ways_in.addresses import Addresses
from api.ways_in.passwords import Passwords
from api.ways_in.ring import KeyRing
from api.ways_in.sessions import WaysIn
from observability.clock import now
from storage.accounts.hashing import IdentityHasher

RING_KEY = b"a-key-of-the-ring-for-tests-only-and-long"
CHEAP = Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1)


def a_way_in(per_minute: int = 1_000) -> WaysIn:
    return WaysIn(
        ring=KeyRing.of([RING_KEY]),
        hasher=IdentityHasher([b"a-key-that-hashes-identities-in-tests"]),
        passwords=Passwords(CHEAP),
        addresses=Addresses(per_minute, now),
    )


@dataclass
class Watchmaker:
    """What the watch over sessions is told of time."""

    seconds: float = field(default=0.0)

    def __call__(self) -> float:
        return self.seconds

    def later(self, seconds: float = 10.0) -> None:
        self.seconds += seconds
