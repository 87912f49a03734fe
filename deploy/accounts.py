"""`python -m deploy.accounts`: an administrator where there is none yet, or none left.

    python -m deploy.accounts chief --grid qj

Needs what the API is told: DISPATCH_DATABASE_URL and the keys. Whoever may read those may do
anything anyway; everybody else gets an account from an administrator, over HTTP.
"""

import argparse
import asyncio
import re
import secrets
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from api.schemas.accounts import LOGIN
from api.schemas.opaque import is_personal
from api.ways_in.appointing import places_of
from api.ways_in.passwords import Passwords, random_password
from domain.actor import Actor
from domain.appointment import Appointment, is_reserved
from domain.ids import GridCode, Subject
from domain.vocabulary import Role
from observability.clock import now
from settings import Settings
from storage.accounts.appointments import Appointments
from storage.accounts.hashing import IdentityHasher
from storage.accounts.repository import Accounts, Taken
from storage.accounts.views import Account
from storage.session import Database, Session, Unreachable

BY = Subject("deploy.accounts")
"""Who made these accounts, as it stands on record."""
_ID_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Founding:
    """Accounts made at the database, without anybody who would appoint their holders."""

    database: Database
    hasher: IdentityHasher
    passwords: Passwords
    must_change: bool = True

    async def found(self, people: Iterable[Actor], at: datetime) -> Mapping[Subject, str]:
        """Accounts that sign in by their subjects, all or none; the password of each.

        Raises:
            Taken: one of them has an account.
        """
        given = {each: random_password() for each in people}
        # One after the other: more at once than the API would take are refused here as well.
        hashed = [await self.passwords.hashed(each) for each in given.values()]
        async with self.database.begin() as session:
            for person, kept in zip(given, hashed, strict=True):
                await self._add(session, person, kept, at)
        return {person.subject: password for person, password in given.items()}

    async def _add(self, session: Session, person: Actor, kept: str, at: datetime) -> None:
        account = Account(
            subject=person.subject,
            login=person.subject,
            password_hash=kept,
            must_change_password=self.must_change,
            created_at=at,
            created_by=BY,
        )
        appointment = Appointment(
            id=secrets.token_hex(_ID_BYTES),
            subject=person.subject,
            roles=person.roles,
            department=person.department,
            grids=person.grids,
            places=await places_of(session, person.department, person.grids),
            since=at,
            appointed_by=BY,
        )
        await Accounts(session, self.hasher).add(account)
        await Appointments(session).add(appointment, at)


async def _administrator(subject: str, grids: Sequence[str], settings: Settings) -> str:
    person = Actor(
        subject=Subject(subject),
        roles=(Role.ADMINISTRATOR,),
        grids=tuple(GridCode(grid) for grid in grids),
    )
    database, passwords = Database(settings.database_url, ring=settings.seal_ring), Passwords()
    hasher = IdentityHasher(settings.identity_ring)
    try:
        founding = Founding(database=database, hasher=hasher, passwords=passwords)
        made = await founding.found([person], now())
    finally:
        passwords.close()
        await database.close()
    return made[person.subject]


def _subject(word: str) -> str:
    if not re.fullmatch(LOGIN, word) or is_personal(word) or is_reserved(word):
        raise argparse.ArgumentTypeError("an opaque code of letters, digits and . _ -, no number")
    return word


def main(arguments: Sequence[str] | None = None) -> int:
    """Makes the account and prints its password, which is nowhere else."""
    parser = argparse.ArgumentParser(prog="python -m deploy.accounts", description=__doc__)
    parser.add_argument("subject", type=_subject, help="opaque id, and login name; never a name")
    parser.add_argument("--grid", action="append", required=True, help="scope, e.g. qj")
    given = parser.parse_args(arguments)
    try:
        password = asyncio.run(_administrator(given.subject, given.grid, Settings()))
    except Taken:
        print(f"{given.subject} has an account already.", file=sys.stderr)
        return 1
    except (Unreachable, ValueError) as failure:
        print(failure, file=sys.stderr)
        return 1
    print(f"Login:    {given.subject}\nPassword: {password}\nIt is to be changed at first sign-in.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
