"""An account that is to be nobody's any more, because its resident asked to be erased."""

from dataclasses import dataclass
from datetime import datetime

import structlog

from api.ways_in.ending import Ending
from api.ways_in.sessions import WaysIn
from domain.actor import Actor
from domain.ids import Subject
from domain.vocabulary import Role
from storage.accounts.appointments import Appointments
from storage.accounts.repository import Accounts
from storage.accounts.views import Because
from storage.session import Session

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """Who asked to be erased, and whether everything they raised was the caller's to erase."""

    subject: Subject
    at: datetime
    is_all_within: bool


async def forget_resident(
    session: Session, ways_in: WaysIn, caller: Actor, leaving: Leaving
) -> bool:
    """Whether it was done: of accounts that were never more than a resident's, and not one's own.

    The caller's scope has to hold all appointments, or all that the resident ever raised: who
    lives in two districts and was heard in one is forgotten there.
    Nobody can tell from the subject who it was, and nobody signs in with it.
    """
    subject, at = leaving.subject, leaving.at
    accounts = Accounts(session, ways_in.hasher)
    await accounts.lock(subject)
    account = await accounts.by_subject(subject)
    ever = await Appointments(session).of(subject)
    if account is None or subject == caller.subject:
        return False
    if any(each.roles != (Role.RESIDENT,) for each in ever):
        return False
    if not (leaving.is_all_within or all(each.is_covered_by(caller) for each in ever)):
        return False
    await accounts.forget(subject, at, caller.subject)
    await Ending(session, ways_in.hasher, at).all_of(subject, Because.DISABLED)
    log.info("account_forgotten", subject=subject, by=caller.subject)
    return True
