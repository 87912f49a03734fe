"""The mini-program: signing in, binding, and the code that an administrator gives for it."""

import structlog
from fastapi import APIRouter, Request

from api.answering import Ledger, Reply, again
from api.dependencies import AskingOf, PartsOf
from api.documentation import responses
from api.parts import Parts
from api.problems import ApiCode, Problem
from api.routes.accounts import Keeper, SubjectInPath
from api.routes.signing_in import admit
from api.schemas.accounts import TokensRead
from api.schemas.wechat import BindCodeRead, BindWeChat, SignInByWeChat
from api.ways_in.appointing import require_whole
from api.ways_in.documentation import APPOINT, BIND_WECHAT, SIGN_IN_BY_WECHAT
from api.ways_in.showing import tokens_read
from api.ways_in.wechat import WeChatWay, bind_code_for
from domain.ids import Subject

log = structlog.get_logger(__name__)
router = APIRouter(prefix="/api/v1", tags=["signing in"])


@router.post("/sign-in/wechat", summary="Sign in by WeChat", responses=responses(SIGN_IN_BY_WECHAT))
async def sign_in_by_wechat(body: SignInByWeChat, request: Request, parts: PartsOf) -> TokensRead:
    """With the code of `wx.login`. `not_linked` says that this WeChat has to be bound first."""
    admit(request, parts)
    return tokens_read(await _way(parts).sign_in(body, parts.now()))


@router.post("/sign-in/wechat/bind", summary="Bind WeChat", responses=responses(BIND_WECHAT))
async def bind_wechat(body: BindWeChat, request: Request, parts: PartsOf) -> TokensRead:
    """By the phone that an administrator wrote on the account, or by an administrator's code.

    Who is bound is signed in. One WeChat is bound to one account; an administrator unbinds.
    """
    admit(request, parts)
    return tokens_read(await _way(parts).bind(body, parts.now()))


@router.post(
    "/accounts/{subject}/bind-code",
    summary="Give a code for binding WeChat",
    tags=["accounts"],
    responses=responses(APPOINT),
)
async def give_bind_code(
    subject: SubjectInPath, _: Keeper, asking: AskingOf, parts: PartsOf
) -> BindCodeRead:
    """For who stands at the counter: ten characters, for a quarter of an hour, shown this once.

    Needs an administrator whose grids cover all that the account is or will be.
    """
    at, whom = parts.now(), Subject(subject)
    _way(parts)
    async with parts.database.begin() as session:
        ledger = Ledger(session, asking)
        reply = again(await ledger.open(None, at))
        if reply is not None:
            return BindCodeRead.model_validate(reply.body)
        await require_whole(session, asking.actor, whom, at)
        given = await bind_code_for(session, whom, at)
        shown = BindCodeRead(subject=whom, code=given.code, expires_at=given.expires_at)
        await ledger.keep(Reply(shown.model_dump(mode="json") | {"code": None}))
        log.info("bind_code_given", subject=whom, by=asking.actor.subject)
    return shown


def _way(parts: Parts) -> WeChatWay:
    if parts.wechat is None:
        raise Problem(ApiCode.NOT_FOUND)
    return parts.wechat
