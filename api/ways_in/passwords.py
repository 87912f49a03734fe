"""Passwords: hashed with argon2id in threads, a few at a time, and what a good one is."""

import asyncio
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from pwdlib import PasswordHash
from pwdlib.hashers import HasherProtocol
from pwdlib.hashers.argon2 import Argon2Hasher

from api.problems import ApiCode, FieldError, Problem
from storage.accounts.hashing import plain_login

T = TypeVar("T")
_LEAST_DISTINCT = 6
_RANDOM_BYTES = 15
_AT_ONCE = 2
"""Each takes 64 MiB and a processor for some 50 ms."""
_MOST_WAITING = 40
"""Beyond these it is told at once that it is too much: some two seconds of waiting."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a password was right, and its hash anew where ours has grown stronger since."""

    is_right: bool
    stronger: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Given:
    """A password that nobody chose, and what is kept of it."""

    password: str = field(repr=False)
    kept: str = field(repr=False)


class Passwords:
    """Never hashes on the event loop. A password that belongs to nobody costs the same."""

    def __init__(self, hasher: HasherProtocol | None = None) -> None:
        self._hash = PasswordHash((hasher or Argon2Hasher(),))
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="passwords")
        self._waiting = 0
        self._of_nobody = self._hash.hash(secrets.token_urlsafe(_RANDOM_BYTES))

    async def hashed(self, password: str) -> str:
        """What is kept of a password.

        Raises:
            Problem: `overloaded`.
        """
        return await self._run(lambda: self._hash.hash(password))

    async def given(self) -> Given:
        """A new one for who is told it once; made before anything is locked, for it takes a while.

        Raises:
            Problem: `overloaded`.
        """
        password = random_password()
        return Given(password, await self.hashed(password))

    async def verify(self, password: str, kept: str | None) -> Verdict:
        """Whether it is the password of which this is kept; None is nobody's, and as slow.

        Raises:
            Problem: `overloaded`.
        """
        is_right, stronger = await self._run(
            lambda: self._hash.verify_and_update(password, kept or self._of_nobody)
        )
        return Verdict(is_right and kept is not None, stronger if kept is not None else None)

    async def _run(self, work: Callable[[], T]) -> T:
        if self._waiting >= _MOST_WAITING:
            raise Problem(ApiCode.OVERLOADED)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


def random_password() -> str:
    """120 bits, for who is told it once."""
    return secrets.token_urlsafe(_RANDOM_BYTES)


def require_good(password: str, *names: str | None) -> None:
    """Returns when nobody guesses it from the account's names, or soon.

    Length is the schema's affair. Letters and signs are not prescribed: people answer such rules
    with the same few patterns.

    Raises:
        Problem: `invalid_input`.
    """
    plain = plain_login(password)
    if len(set(plain)) < _LEAST_DISTINCT:
        raise Problem.invalid(FieldError.of("new_password", "password_monotonous"))
    if any(name and plain_login(name) in plain for name in names):
        raise Problem.invalid(FieldError.of("new_password", "password_names_account"))
