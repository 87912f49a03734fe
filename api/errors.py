"""Whatever goes wrong on the way becomes a problem here."""

from http import HTTPStatus

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.answers import problem_response
from api.findings import field_errors
from api.methods import allowed_methods
from api.problems import ApiCode, FieldError, Problem
from api.refusing import noting
from api.wording import worded
from domain.refusals import Refusal
from observability import metrics
from storage.session import Unreachable, Unstorable

log = structlog.get_logger(__name__)

_BY_STATUS = {
    HTTPStatus.BAD_REQUEST: ApiCode.BAD_REQUEST,
    HTTPStatus.NOT_FOUND: ApiCode.NOT_FOUND,
}
_JSON = "application/json"


def install(app: FastAPI) -> None:
    """Every error handler of the application."""
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(Refusal, _on_refusal)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(Unreachable, _on_unreachable)
    app.add_exception_handler(Unstorable, _on_unstorable)


def _answer(request: Request, problem: Problem) -> Response:
    return problem_response(problem, request.scope["state"])


async def _worded(request: Request, problem: Problem) -> Response:
    """The answer with names and the place's own time in its sentence."""
    state = request.scope["state"]
    if "meetings" in getattr(request.scope.get("route"), "tags", ()):
        problem = problem.of_meeting()
    number = str(request.path_params.get("number", ""))
    database = request.app.state.parts.database
    said = await worded(database, problem, number, str(state["locale"]))
    answer = problem_response(problem, state, said)
    answer.background = noting(request, problem)
    return answer


async def _on_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return await _worded(request, error)


async def _on_refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    metrics.REFUSALS_TOTAL.labels(code=error.code).inc()
    return await _worded(request, Problem.of_refusal(error))


async def _on_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    if isinstance(error.body, bytes) and not _is_json(request):
        return _answer(request, Problem(ApiCode.UNSUPPORTED_MEDIA_TYPE))
    found = list(error.errors())
    if any(each["type"] == "json_invalid" for each in found):
        return _answer(request, Problem(ApiCode.BAD_REQUEST))
    return _answer(request, Problem.invalid(*field_errors(found)))


async def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if isinstance(error.__cause__, Problem):  # raised while the framework read the body
        return _answer(request, error.__cause__)
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = allowed_methods(request) or (error.headers or {}).get("Allow", "")
        problem = Problem(
            ApiCode.METHOD_NOT_ALLOWED, {"allowed": allowed}, headers={"Allow": allowed}
        )
        return _answer(request, problem)
    return _answer(
        request, Problem(_BY_STATUS.get(HTTPStatus(error.status_code), ApiCode.BAD_REQUEST))
    )


async def _on_unreachable(request: Request, error: Exception) -> Response:
    log.warning("database_unreachable", error=str(error))
    return _answer(request, Problem(ApiCode.DATABASE_UNAVAILABLE))


async def _on_unstorable(request: Request, error: Exception) -> Response:
    """A limit that only the database knows: ours to add to the schema of the request."""
    log.error("value_refused_by_database", error=type(error).__name__)
    return _answer(request, Problem.invalid(FieldError.of("body", "other")))


def _is_json(request: Request) -> bool:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == _JSON
