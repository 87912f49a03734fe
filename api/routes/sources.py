"""Tokens of sources: issued, rotated with an overlap, revoked."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Path

from api.dependencies import AskingOf, PartsOf, who_may
from api.documentation import ISSUE_TOKEN, READ_TOKENS, REVOKE_TOKEN, responses
from api.intake.tokens import issue, revoke, source_in_charge
from api.routes.reference import CodeInPath
from api.schemas.alerts import IssueToken, TokenIssued, TokenList, TokenRead
from domain.actor import Actor
from domain.ids import SourceCode
from domain.rights import Act
from storage.alerts.credentials import Credentials

router = APIRouter(prefix="/api/v1/alert-sources/{code}", tags=["alerts of cameras"])
Giver = Annotated[Actor, Depends(who_may(Act.GIVE_TOKENS))]
_TokenId = Annotated[str, Path(pattern=r"^[0-9a-f]{1,64}$")]


@router.post(
    "/tokens",
    summary="Issue a token",
    status_code=HTTPStatus.CREATED,
    responses=responses(ISSUE_TOKEN),
)
async def issue_token(
    code: CodeInPath, body: IssueToken, _: Giver, asking: AskingOf, parts: PartsOf
) -> TokenIssued:
    """A new token for the source, shown this once; only its hash is kept.

    To rotate: issue, tell the sender, and let the others end after some hours.
    """
    return await issue(parts, asking, code, body)


@router.get("/tokens", summary="List tokens", responses=responses(READ_TOKENS))
async def list_tokens(code: CodeInPath, caller: Giver, parts: PartsOf) -> TokenList:
    """When each was issued, by whom, and whether it still opens the door."""
    async with parts.database.read() as session:
        source = await source_in_charge(session, code, caller, Act.GIVE_TOKENS)
        found = await Credentials(session).of(SourceCode(source.code))
    return TokenList(items=[TokenRead.model_validate(each) for each in found])


@router.post(
    "/tokens/{token_id}/revoke", summary="Revoke a token", responses=responses(REVOKE_TOKEN)
)
async def revoke_token(
    code: CodeInPath, token_id: _TokenId, _: Giver, asking: AskingOf, parts: PartsOf
) -> TokenRead:
    """For good. Every process notices within two seconds."""
    async with parts.database.begin() as session:
        return await revoke(session, asking, code, token_id, parts.now())
