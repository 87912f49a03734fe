from datetime import timedelta

import httpx
import pytest
from fastapi import FastAPI

from api.documentation import MEETING_REFUSALS, REFUSALS, responses
from api.problems import RETRY_AFTER, STATUS, ApiCode
from api.routes.giving import path_of
from domain.commands import NAMES
from domain.meeting.commands import MEETING_NAMES
from domain.refusals import RefusalCode
from domain.vocabulary import IssueState
from storage.sealing.ring import KeyRing
from storage.session import Database
from tests.api.temporal import FakeTemporal
from tests.api.town import Town, a_token, fields_of
from tests.builders import NOON, OFFICER, RESIDENT
from tests.storage.stories import born_in

NUL = "%00"
BEARER = {"Authorization": f"Bearer {a_token(RESIDENT)}"}


async def send(town: Town, method: str, path: str, **request: object) -> httpx.Response:
    headers = {**BEARER, "Idempotency-Key": "k"} | request.pop("headers", {})  # type: ignore[operator]
    return await town.http.request(method, path, headers=headers, **request)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("content", "kind", "status", "code"),
    [
        (b"{", "application/json", 400, "bad_request"),
        (b"\xff\xfe", "application/json", 400, "bad_request"),
        (b"[" * 10_000, "application/json", 400, "bad_request"),
        (b'{"grid": ' + b"9" * 5000 + b"}", "application/json", 400, "bad_request"),
        (b"null", "application/json", 422, "invalid_input"),
        (b"[]", "application/json", 422, "invalid_input"),
        (b"", "application/json", 422, "invalid_input"),
        (b'{"grid": "\\ud800"}', "application/json", 422, "invalid_input"),
        (b"grid=qj", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
        (b"{}", "text/plain", 415, "unsupported_media_type"),
        (b"x" * 20_000, "application/json", 413, "too_large"),
        (b" " * 20_000, "text/plain", 413, "too_large"),
    ],
)
async def test_a_body_that_cannot_be_read_is_a_problem_of_its_own(
    town: Town, content: bytes, kind: str, status: int, code: str
) -> None:
    headers = {"Content-Type": kind}
    answer = await send(town, "POST", "/issues", content=content, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["Content-Type"] == "application/problem+json"


async def test_a_body_without_end_is_refused_before_it_is_read(town: Town) -> None:
    sent = 0

    async def endless() -> object:
        nonlocal sent
        while sent < 10_000_000:
            sent += 4096
            yield b"x" * 4096

    headers = {"Content-Type": "application/json"}
    answer = await send(town, "POST", "/issues", content=endless(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert sent < 100_000


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/issues", "GET, POST"),
        ("PUT", "/issues/QJ-1", "GET"),
        ("GET", "/issues/QJ-1/claim", "POST"),
        ("DELETE", "/reference/category/x", "GET, POST"),
        ("POST", "http://test/healthz", "GET"),
    ],
)
async def test_a_method_that_is_not_taken_says_which_are(
    town: Town, method: str, path: str, allowed: str
) -> None:
    answer = await send(town, method, path)
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert answer.headers["Allow"] == allowed


@pytest.mark.parametrize("path", ["/nothing", "/issues/QJ-1/dance", "/issues/", "/issues/QJ-1/"])
async def test_an_address_that_does_not_exist_is_a_problem_too(town: Town, path: str) -> None:
    answer = await send(town, "GET", path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("key", ["", " ", "a b", "ключ".encode(), "x" * 129])
async def test_a_key_that_is_none_names_its_header(town: Town, key: str | bytes) -> None:
    answer = await send(town, "POST", "/issues", json={}, headers={"Idempotency-Key": key})
    assert fields_of(answer)["Idempotency-Key"] == "string_pattern_mismatch"


async def test_a_post_without_a_key_is_told_so(town: Town) -> None:
    answer = await town.http.post("/issues/QJ-1/claim", headers=BEARER)
    assert (answer.status_code, fields_of(answer)) == (422, {"Idempotency-Key": "missing"})


async def test_an_address_with_a_nul_character_reaches_no_database(town: Town) -> None:
    for path in (f"/issues/{NUL}", f"/issues/Q{NUL}J/timeline", f"/reference/grid/{NUL}"):
        answer = await send(town, "GET", path)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


async def test_every_answer_has_an_id_and_safe_headers(town: Town) -> None:
    given = await send(town, "GET", "/issues", headers={"X-Request-ID": "call-0001"})
    made = await send(town, "GET", "/nothing", headers={"X-Request-ID": "no\x1bgood id"})
    assert given.headers["X-Request-ID"] == "call-0001"
    assert made.headers["X-Request-ID"] == made.json()["request_id"] != "no\x1bgood id"
    for answer in (given, made):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"


async def test_health_asks_nobody_and_readiness_asks_all(
    town: Town, temporal: FakeTemporal
) -> None:
    ready = await town.http.get("http://test/readyz")
    assert (ready.status_code, ready.json()["ok"]) == (200, True)
    temporal.pollers = [NOON - timedelta(minutes=3)]
    temporal.failures = [RuntimeError("down")]
    answer = await town.http.get("http://test/readyz")
    checks = {"database": True, "seal": True, "temporal": False, "workers": False}
    assert (answer.status_code, answer.json()["checks"]) == (503, checks)
    assert (await town.http.get("http://test/healthz")).status_code == 200


async def test_readiness_notices_a_lost_database(town: Town, app: FastAPI) -> None:
    lost = Database("postgresql+asyncpg://nobody@127.0.0.1:1/none")
    object.__setattr__(app.state.parts, "database", lost)
    answer = await town.http.get("http://test/readyz")
    assert (answer.status_code, answer.json()["checks"]["database"]) == (503, False)


async def test_readiness_notices_a_ring_that_is_not_the_databases(
    town: Town, app: FastAPI, database_url: str
) -> None:
    await town.raised(RESIDENT)
    stray = Database(database_url, ring=KeyRing({"tests": b"x" * 32}))
    object.__setattr__(app.state.parts, "database", stray)
    answer = await town.http.get("http://test/readyz")
    await stray.close()
    checks = answer.json()["checks"]
    assert (answer.status_code, checks["database"], checks["seal"]) == (503, True, False)


async def test_metrics_name_routes_and_never_issues(town: Town) -> None:
    number = await town.raised(RESIDENT)
    await town.get(RESIDENT, f"/issues/{number}")
    text = (await town.http.get("http://test/metrics")).text
    route = 'route="/api/v1/issues/{number}"'
    assert f'dispatch_http_requests_total{{method="GET",{route},status="200"}}' in text
    assert number not in text


async def test_the_document_names_every_command_and_its_problems(app: FastAPI) -> None:
    paths = app.openapi()["paths"]
    for name, kind in NAMES.items():
        operation = paths[f"/api/v1/issues/{{number}}/{path_of(name)}"]["post"]
        documented = {
            code
            for response in operation["responses"].values()
            for code in response["content"].get("application/problem+json", {}).get("examples", {})
        }
        assert set(REFUSALS[kind]) | {"wrong_state", "not_allowed"} <= documented
        assert operation["summary"]
        assert operation["security"]


async def test_the_document_gives_every_post_its_example_and_every_route_its_problems(
    app: FastAPI,
) -> None:
    document = app.openapi()
    schemas = document["components"]["schemas"]
    for path, operations in document["paths"].items():
        for operation in operations.values():
            assert {"400", "405", "500"} <= operation["responses"].keys(), path
            body = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if body and "$ref" in body["schema"]:
                assert "examples" in schemas[body["schema"]["$ref"].rpartition("/")[2]], path
    assert "HTTPValidationError" not in schemas


async def test_a_refusal_is_documented_for_each_command_that_may_meet_it() -> None:
    assert set(REFUSALS) == set(NAMES.values())
    assert set(MEETING_REFUSALS) == set(MEETING_NAMES.values())
    tables = (*REFUSALS.values(), *MEETING_REFUSALS.values())
    documented = {code for codes in tables for code in codes}
    assert documented | {RefusalCode.NOT_ALLOWED, RefusalCode.WRONG_STATE} == set(RefusalCode)


def test_the_table_of_problems_is_complete() -> None:
    assert set(STATUS) == {*RefusalCode, *ApiCode}
    assert responses(RETRY_AFTER).keys() == {503}


async def test_nothing_of_a_command_runs_in_a_thread(
    town: Town, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where FastAPI puts what is not async: a hop for each, which costs more than they do."""

    async def refused(*_: object) -> None:
        raise AssertionError

    for module in ("fastapi.routing", "fastapi.dependencies.utils"):
        monkeypatch.setattr(f"{module}.run_in_threadpool", refused)
    issue = await born_in(IssueState.DISPATCHED, database)
    answer = await town.post(OFFICER, f"/issues/{issue.number}/claim")
    assert answer.status_code == 200
