"""Colours of households: written and taken away by administrators, shown to nobody."""

import hashlib
import hmac
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends
from pydantic import BaseModel

from api.answering import Ledger, Reply, again
from api.asking import Asking
from api.dependencies import AskingOf, PartsOf, who_may
from api.documentation import ERASE, responses
from api.jurisdiction import require_cover
from api.parts import Parts
from api.problems import FieldError, Problem
from api.references import require
from api.schemas.households import ColourBody, HouseholdBody, HouseholdWritten
from domain.actor import Actor
from domain.auditing import About, Deed, ObjectKind
from domain.ids import GridCode
from domain.reference import ReferenceKind
from domain.rights import Act
from storage.households import Households
from storage.session import Session

log = structlog.get_logger(__name__)
router = APIRouter(prefix="/api/v1/households", tags=["personal data"])
Painter = Annotated[Actor, Depends(who_may(Act.COLOUR_HOUSEHOLD))]


@router.post("/set-colour", summary="Set a colour", responses=responses(ERASE))
async def set_colour(
    body: ColourBody, _: Painter, asking: AskingOf, parts: PartsOf
) -> HouseholdWritten:
    """From now on: issues raised from there begin with priority where their policy says so.

    The colour is in no answer, no log and no history. Needs an administrator whose grids cover
    the grid.
    """
    return await _written(body, asking, parts)


@router.post("/clear-colour", summary="Take a colour away", responses=responses(ERASE))
async def clear_colour(
    body: HouseholdBody, _: Painter, asking: AskingOf, parts: PartsOf
) -> HouseholdWritten:
    """Nothing of it is kept; whether there was one is not said."""
    return await _written(body, asking, parts)


async def _written(body: HouseholdBody, asking: Asking, parts: Parts) -> HouseholdWritten:
    at, grid = parts.now(), GridCode(body.grid)
    async with parts.database.begin() as session:
        ledger = Ledger(session, asking)
        reply = again(await ledger.open(_sealed(body, parts.household_key), at))
        if reply is None:
            await _require(session, body, asking, parts)
            households = Households(session, parts.household_key)
            if isinstance(body, ColourBody):
                await households.put(grid, body.address, body.colour, asking.actor.subject, at)
            else:
                await households.clear(grid, body.address)
            of_address = body.address is not None
            reply = Reply({"grid": grid, "of_address": of_address, "at": at.isoformat()})
            await ledger.keep(reply)
            about, put = About(ObjectKind.GRID, grid, grid), isinstance(body, ColourBody)
            await asking.audit.did(
                session, Deed.HOUSEHOLD_WRITTEN, about, of_address=of_address, set=put
            )
            log.info("household_written", grid=grid, subject=asking.actor.subject)
    return HouseholdWritten.model_validate(reply.body)


class _Sealed(BaseModel):
    """What is remembered of a request: nobody finds the colour, or the address, by trying all."""

    grid: str
    of_address: bool
    seal: str


def _sealed(body: HouseholdBody, key: bytes | None) -> _Sealed:
    said = body.model_dump_json().encode()
    seal = hmac.new(key, said, hashlib.sha256).hexdigest() if key else ""
    return _Sealed(grid=body.grid, of_address=body.address is not None, seal=seal)


async def _require(session: Session, body: HouseholdBody, asking: Asking, parts: Parts) -> None:
    """Returns when the actor covers the grid, and an address can be hashed.

    Raises:
        Problem: it is not so.
    """
    await require(session, [("grid", ReferenceKind.GRID, body.grid)])
    require_cover(asking.actor, GridCode(body.grid))
    if body.address is not None and parts.household_key is None:
        raise Problem.invalid(FieldError.of("address", "no_household_key"))
