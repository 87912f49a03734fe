"""Issues tokens of sources. A token is shown once and kept nowhere but with its holder."""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog

from api.answering import Ledger, Reply, again
from api.asking import Asking
from api.intake.signing import secret_of, spelt
from api.parts import Parts
from api.problems import ApiCode, Problem
from api.schemas.alerts import IssueToken, TokenIssued, TokenRead
from domain.actor import Actor, lies_in
from domain.alert_source import AlertSource, AuthMode
from domain.auditing import About, Deed, ObjectKind
from domain.ids import SourceCode
from domain.reference import ReferenceKind
from domain.rights import Act, grids_of
from storage.alerts.credentials import Credentials
from storage.alerts.views import Credential
from storage.reference import ReferenceRepository
from storage.session import Session
from storage.token_hash import hash_of

log = structlog.get_logger(__name__)

_TOKEN_BYTES, _ID_BYTES = 32, 8
"""256 bits: nobody guesses it, so a plain hash is enough to keep it by."""


async def source_in_charge(session: Session, code: str, actor: Actor, act: Act) -> AlertSource:
    """The source, if it lies where the actor has the right to this.

    Raises:
        Problem: `not_found`; there is none in force, or it is another administrator's.
    """
    entry = await ReferenceRepository(session).current(ReferenceKind.ALERT_SOURCE, code)
    if entry is None or entry.retired:
        raise Problem(ApiCode.NOT_FOUND)
    source: AlertSource = entry.body
    if not any(lies_in(source.grid, grid) for grid in grids_of(actor, act)):
        raise Problem(ApiCode.NOT_FOUND)
    return source


async def issue(parts: Parts, asking: Asking, code: str, body: IssueToken) -> TokenIssued:
    """A new token; those before it end when the body says so.

    Raises:
        Problem: no such source, not the actor's, or one that signs where nothing can be signed.
    """
    at = parts.now()
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    async with parts.database.begin() as session:
        ledger = Ledger(session, asking)
        reply = again(await ledger.open(body, at))
        source = await source_in_charge(session, code, asking.actor, Act.GIVE_TOKENS)
        if reply is not None:
            return TokenIssued.model_validate(_without_secrets(reply.body))
        signs = source.auth is AuthMode.STANDARD_WEBHOOKS
        if signs and not parts.intake.signing_key:
            raise Problem(ApiCode.CANNOT_SIGN)
        credential = Credential(
            id=secrets.token_hex(_ID_BYTES),
            source=source.code,
            issued_at=at,
            issued_by=asking.actor.subject,
        )
        await Credentials(session).add(credential, hash_of(token))
        if body.others_end_after_hours is not None:
            end = at + timedelta(hours=body.others_end_after_hours)
            await Credentials(session).end(source.code, end, except_for=(credential.id,))
        shown = TokenRead.model_validate(credential).model_dump(mode="json")
        await ledger.keep(Reply(shown))
        about = About(ObjectKind.SOURCE, source.code, source.grid)
        await asking.audit.did(session, Deed.TOKEN_ISSUED, about, token=credential.id)
    log.info(
        "source_token_issued", source=code, token_id=credential.id, subject=asking.actor.subject
    )
    secret = spelt(secret_of(parts.intake.signing_key, credential.id)) if signs else None
    return TokenIssued.model_validate(
        shown
        | {
            "token": token,
            "address": f"/intake/v1/{source.adapter}/{token}",
            "signing_secret": secret,
        }
    )


async def revoke(session: Session, asking: Asking, code: str, id_: str, at: datetime) -> TokenRead:
    """The token opens nothing any more; again, it is as it was.

    Raises:
        Problem: the source has no such token, or is not the actor's.
    """
    ledger = Ledger(session, asking)
    reply = again(await ledger.open(None, at))
    if reply is not None:
        return TokenRead.model_validate(reply.body)
    source = await source_in_charge(session, code, asking.actor, Act.GIVE_TOKENS)
    revoked = await Credentials(session).revoke(SourceCode(code), id_, at)
    if revoked is None:
        raise Problem(ApiCode.NOT_FOUND)
    shown = TokenRead.model_validate(revoked)
    await ledger.keep(Reply(shown.model_dump(mode="json")))
    about = About(ObjectKind.SOURCE, source.code, source.grid)
    await asking.audit.did(session, Deed.TOKEN_REVOKED, about, token=id_)
    log.info("source_token_revoked", source=code, token_id=id_, subject=asking.actor.subject)
    return shown


def _without_secrets(kept: Mapping[str, Any]) -> dict[str, Any]:
    return {**kept, "token": None, "address": None, "signing_secret": None}
