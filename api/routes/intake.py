"""Where cameras and their platforms send alerts; the token in the address is all they have."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.dependencies import DoorOf
from api.documentation import INTAKE, responses

router = APIRouter(prefix="/intake/v1", tags=["alerts of cameras"])
_BODY: dict[str, Any] = {
    "requestBody": {
        "description": "Whatever the sender of this adapter sends.",
        "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.post(
    "/{adapter}/{source_token}",
    summary="Send an alert",
    response_class=Response,
    responses={
        "2XX": {"description": "Kept durably; the body is what the sender's protocol expects."},
        **responses(INTAKE),
    },
    openapi_extra=_BODY,
)
async def take_in(adapter: str, source_token: str, request: Request, door: DoorOf) -> Response:
    """Answered as soon as the message cannot be lost any more; it is read afterwards.

    Without a valid token, from a wrong address or for another adapter there is nothing here.
    A message that is sent again has the same answer and no effect.
    """
    answer = await door.take(adapter, source_token, request)
    return Response(answer.body, status_code=answer.status, media_type=answer.content_type)
