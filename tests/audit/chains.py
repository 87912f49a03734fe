"""A chain of a test's own: entries written, sealed, and tampered with by a superuser."""

from datetime import timedelta

from sqlalchemy import text

from domain.auditing import About, AuditEntry, Deed, ObjectKind
from domain.ids import Subject
from storage.audit.canonical import Keyring
from storage.audit.entries import AuditEntries
from storage.audit.sealing import Sealer
from storage.audit.verdicts import Verdict
from storage.audit.verifying import Verifier
from storage.session import Database
from tests.builders import NOON

KEYS = Keyring.of("a-key-of-the-audit-log-for-tests-alone")
OTHER_KEYS = Keyring.of("another-key-of-the-audit-log-for-tests")


def an_entry(number: int = 1, **changes: object) -> AuditEntry:
    said: dict[str, object] = {
        "at": NOON + timedelta(minutes=number),
        "act": Deed.REPORTER_READ,
        "about": About(ObjectKind.ISSUE, f"QJ-2026-{number:07}"),
        "subject": Subject("p.1"),
        "particulars": {"fields": "name,phone"},
    }
    return AuditEntry(**{**said, **changes})  # type: ignore[arg-type]  # as a test asks


async def write(database: Database, *entries: AuditEntry) -> None:
    for each in entries:
        async with database.begin() as session:
            await AuditEntries(session).add(each)


async def seal(database: Database, keys: Keyring = KEYS) -> int:
    async with database.begin() as session:
        return await Sealer(session, keys, timedelta()).seal(NOON)


async def sweep(database: Database, keys: Keyring = KEYS) -> int:
    async with database.begin() as session:
        return await Sealer(session, keys).sweep(NOON)


async def chained(database: Database, count: int = 5) -> None:
    """So many entries, all of them in the chain."""
    await write(database, *(an_entry(each + 1) for each in range(count)))
    assert await seal(database) == count


async def verdict(database: Database, keys: Keyring = KEYS, **asked: object) -> Verdict:
    async with database.read() as session:
        return await Verifier(session, keys).whole(**asked)  # type: ignore[arg-type]  # as a test asks


async def tamper(database: Database, *statements: str) -> None:
    """As somebody who may do everything in the database, and has no key."""
    async with database.begin() as session:
        await session.execute(text("SET LOCAL session_replication_role = replica"))
        for each in statements:
            await session.execute(text(each))
