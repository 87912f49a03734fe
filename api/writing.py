"""Writes a version of reference data and tells the issues that depend on it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from api.answering import Ledger, Reply, again
from api.asking import Asking
from api.entries import require_references, shown
from api.in_use import require_unused
from api.jurisdiction import require_jurisdiction
from api.problems import ApiCode, Problem
from api.promises import require_clear_promises
from api.schemas.reference import EntryRead
from domain.actor import Actor
from domain.auditing import About, Deed, ObjectKind
from domain.calendar import CalendarDefinition
from domain.reference import Absence, ReferenceKind, Staff
from domain.rights import Act, grids_of
from storage.rechecks import Rechecks
from storage.reference import ReferenceRepository, StaleVersion
from storage.session import Session
from storage.views import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What an administrator asked for: a next version, or, without an entry, to retire."""

    asking: Asking
    kind: ReferenceKind
    code: str
    expected_version: int
    body: BaseModel
    entry: object | None = None

    @property
    def actor(self) -> Actor:
        return self.asking.actor


async def write(session: Session, change: Change, at: datetime) -> EntryRead:
    """The new version; the same one when asked again under the same key.

    Raises:
        Problem: it may not be, or somebody else wrote a version meanwhile.
    """
    ledger = Ledger(session, change.asking)
    reply = again(await ledger.open(change.body, at))
    if reply is not None:
        return await _written(session, change, reply)
    await ReferenceRepository(session).take_turns()
    present = await ReferenceRepository(session).current(change.kind, change.code)
    if present is None and change.entry is None:
        raise Problem(ApiCode.NOT_FOUND)
    await _check(session, change, present)
    entry = change.entry if change.entry is not None else present and present.body
    added = await _added(session, change, entry, at)
    await _tell(session, entry, f"{added.kind}:{added.code}:{added.version}")
    act = Deed.ENTRY_RETIRED if change.entry is None else Deed.ENTRY_WRITTEN
    grid = getattr(entry, "grid", None)
    about = About(ObjectKind.ENTRY, f"{added.kind}/{added.code}", grid)
    await change.asking.audit.did(session, act, about, version=added.version)
    await ledger.keep(Reply({"kind": added.kind, "code": added.code, "version": added.version}))
    return shown(added, change.actor)


async def _written(session: Session, change: Change, reply: Reply) -> EntryRead:
    """What was written under the key, read again: answers keep no names, which may be erased."""
    entry = await ReferenceRepository(session).version(
        change.kind, change.code, reply.body["version"]
    )
    assert entry is not None
    return shown(entry, change.actor)


async def _check(session: Session, change: Change, present: Entry[Any] | None) -> None:
    entries = [change.entry, present and present.body]
    await require_references(session, change.kind, change.entry)
    await require_jurisdiction(session, change.actor, *(each for each in entries if each))
    if change.entry is None:
        grids = grids_of(change.actor, Act.WRITE_REFERENCE)
        await require_unused(session, change.kind, change.code, grids)
    if change.kind is ReferenceKind.SLA_POLICY:
        await require_clear_promises(session, present, change.entry)


async def _added(session: Session, change: Change, entry: object, at: datetime) -> Entry[Any]:
    try:
        return await ReferenceRepository(session).write(
            change.kind,
            change.code,
            entry,
            expected_version=change.expected_version,
            actor=change.actor.subject,
            at=at,
            retired=change.entry is None,
        )
    except StaleVersion as error:
        versions = {"current": error.current, "expected": change.expected_version}
        raise Problem(ApiCode.STALE_VERSION, versions) from error


async def _tell(session: Session, entry: object, reason: str) -> None:
    """Issues reckoned with what has changed are to reckon again."""
    if isinstance(entry, CalendarDefinition):
        await Rechecks(session).ask_for_calendar(entry.code, reason)
    if isinstance(entry, Absence):
        staff = await ReferenceRepository(session).current(ReferenceKind.STAFF, entry.staff)
        if staff is not None and isinstance(staff.body, Staff):
            await Rechecks(session).ask_for_department(staff.body.department, reason)
