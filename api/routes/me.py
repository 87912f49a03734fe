"""Who one is, in which appointment one acts, and one's own password."""

from fastapi import APIRouter, Request

from api.dependencies import PartsOf, PresenceOf, SessionOf
from api.documentation import responses
from api.routes.signing_in import admit
from api.schemas.accounts import ChangePassword, MeRead, SwitchAppointment, TokensRead
from api.ways_in.documentation import CHANGE_PASSWORD, ME, SWITCH
from api.ways_in.sessions import switch_appointment
from api.ways_in.showing import me_read, tokens_read
from api.ways_in.signing_in import change_password
from storage.accounts.appointments import Appointments

router = APIRouter(prefix="/api/v1/me", tags=["signing in"])


@router.get("", summary="Who am I", responses=responses(ME))
async def read_me(presence: PresenceOf, parts: PartsOf) -> MeRead:
    """The bearer, the appointment they act in, and the others they may switch to."""
    if presence.session is None:
        return me_read(presence.actor, None)
    async with parts.database.read() as session:
        in_force = await Appointments(session).in_force(presence.actor.subject, parts.now())
    return me_read(presence.actor, presence.session, in_force)


@router.post("/password", summary="Change the password", responses=responses(CHANGE_PASSWORD))
async def change_own_password(
    body: ChangePassword, request: Request, current: SessionOf, parts: PartsOf
) -> TokensRead:
    """Ends everything one is signed in with; the answer is a new session for this bearer.

    Wrong attempts count as those of signing in.
    """
    admit(request, parts)
    tokens = await change_password(parts.database, parts.ways_in, current, body, parts.now())
    return tokens_read(tokens)


@router.post("/appointment", summary="Switch the appointment", responses=responses(SWITCH))
async def switch_own_appointment(
    body: SwitchAppointment, current: SessionOf, parts: PartsOf
) -> TokensRead:
    """Another appointment of one's own that is in force; the tokens of before are over."""
    async with parts.database.begin() as session:
        tokens = await switch_appointment(
            session, parts.ways_in, current, body.appointment, parts.now()
        )
    return tokens_read(tokens)
