"""Problems as HTTP answers."""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from starlette.responses import JSONResponse

from api.problems import MEDIA_TYPE, RETRY_AFTER, Problem
from catalogue import DEFAULT


def problem_response(
    problem: Problem, state: Mapping[str, Any], said: Mapping[str, str] = MappingProxyType({})
) -> JSONResponse:
    """The problem in the caller's language, with the headers its status calls for."""
    locale = str(state.get("locale", DEFAULT))
    headers = {"Content-Language": locale, "Vary": "Accept-Language", **problem.headers}
    if problem.code in RETRY_AFTER:
        headers.setdefault("Retry-After", str(RETRY_AFTER[problem.code]))
    if problem.status is HTTPStatus.UNAUTHORIZED:
        headers.setdefault("WWW-Authenticate", "Bearer")
    return JSONResponse(
        problem.body(locale, str(state.get("request_id", "")), said),
        status_code=problem.status,
        headers=headers,
        media_type=MEDIA_TYPE,
    )
