"""Administrators say who somebody is to a provider; unlinking is theirs, too."""

from datetime import datetime

import structlog
from pydantic import BaseModel

from api.answering import Ledger, Reply, again
from api.asking import Asking
from api.problems import ApiCode, Problem
from api.schemas.accounts import AccountDetail
from api.schemas.linking import LinkIdentity
from api.ways_in.administering import Administration
from api.ways_in.appointing import require_whole
from api.ways_in.sessions import WaysIn
from domain.ids import Subject
from storage.accounts.repository import Accounts, Taken
from storage.session import Database

log = structlog.get_logger(__name__)


class _Sealed(BaseModel):
    """What is remembered of the request: nobody finds the id by trying all."""

    seal: str


async def link(
    database: Database,
    ways_in: WaysIn,
    asking: Asking,
    body: LinkIdentity,
    which: tuple[Subject, datetime],
) -> AccountDetail:
    """From now on, the instant of `which`, the provider's id finds the account.

    Raises:
        Problem: `account_taken` when it is another account's; else as `require_whole`.
    """
    subject, at = which
    sealed = _Sealed(seal=ways_in.hasher.seal(body.model_dump_json()).hex())
    async with database.begin() as session:
        ledger = Ledger(session, asking)
        reply = again(await ledger.open(sealed, at))
        if reply is not None:
            return AccountDetail.model_validate(reply.body)
        await require_whole(session, asking.actor, subject, at)
        try:
            await Accounts(session, ways_in.hasher).link_identity(
                subject, body.provider, body.external_id, at=at, by=asking.actor.subject
            )
        except Taken as error:
            raise Problem(ApiCode.ACCOUNT_TAKEN) from error
        shown = await Administration(session, ways_in, at).detail(subject, asking.actor)
        await ledger.keep(Reply(shown.model_dump(mode="json")))
    log.info("account_linked", subject=subject, by=asking.actor.subject, provider=body.provider)
    return shown
