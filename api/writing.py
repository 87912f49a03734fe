"""Writes a version of reference data and tells the issues that depend on it."""

from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel

from api.answering import Ledger, Reply, again
from api.asking import Asking
from api.entries import shown
from api.problems import ApiCode, Problem
from api.schemas.reference import EntryRead
from domain.calendar import CalendarDefinition
from domain.reference import Absence, ReferenceKind, Staff
from storage.rechecks import Rechecks
from storage.reference import ReferenceRepository, StaleVersion
from storage.session import Session


@dataclass(frozen=True, slots=True)
class Change:
    """What an administrator asked for."""

    asking: Asking
    kind: ReferenceKind
    code: str
    expected_version: int
    body: BaseModel
    retires: bool = False


async def write(session: Session, change: Change, entry: object, at: datetime) -> EntryRead:
    """The new version; the same one when asked again under the same key.

    Raises:
        Problem: somebody else wrote a version meanwhile.
    """
    ledger = Ledger(session, change.asking)
    reply = again(await ledger.open(change.body, at))
    if reply is None:
        reply = Reply((await _added(session, change, entry, at)).model_dump(mode="json"))
        await _tell(session, entry, f"{change.kind}:{change.code}:{reply.body['version']}")
        await ledger.keep(reply)
    return EntryRead.model_validate(reply.body)


async def _added(session: Session, change: Change, entry: object, at: datetime) -> EntryRead:
    actor = change.asking.actor
    try:
        written = await ReferenceRepository(session).write(
            change.kind,
            change.code,
            entry,
            expected_version=change.expected_version,
            actor=actor.subject,
            at=at,
            retired=change.retires,
        )
    except StaleVersion as error:
        versions = {"current": error.current, "expected": change.expected_version}
        raise Problem(ApiCode.STALE_VERSION, versions) from error
    return shown(written, actor)


async def _tell(session: Session, entry: object, reason: str) -> None:
    """Issues reckoned with what has changed are to reckon again."""
    if isinstance(entry, CalendarDefinition):
        await Rechecks(session).ask_for_calendar(entry.code, reason)
    if isinstance(entry, Absence):
        staff = await ReferenceRepository(session).current(ReferenceKind.STAFF, entry.staff)
        if staff is not None and isinstance(staff.body, Staff):
            await Rechecks(session).ask_for_department(staff.body.department, reason)
