"""What asks the whole document notices when an answer is not as promised."""

import json
from collections.abc import Callable
from functools import partial

import pytest
import requests
from schemathesis.core.transport import Response

from tests.openapi.asking import Asker
from tests.openapi.kinds import Document
from tests.openapi.world import World

pytestmark = pytest.mark.openapi
PROBLEM = {
    "type": "urn:dispatch:problem:x",
    "title": "x",
    "status": 404,
    "detail": "x",
    "code": "x",
    "params": {},
    "request_id": "x",
}
KIND = "application/problem+json"


def an_answer(status: int, body: object, kind: str) -> Response:
    return Response(
        status_code=status,
        headers={"content-type": [kind]},
        content=json.dumps(body).encode(),
        request=requests.Request("GET", "http://test/").prepare(),
        elapsed=0.1,
        verify=True,
    )


@pytest.fixture
def found_in(document: Document, world: World) -> Callable[[Response], str]:
    """What a new asker has to say of an answer."""
    return partial(_found_in, document, Asker(world))


def _found_in(document: Document, asker: Asker, answer: Response) -> str:
    case = document["/api/v1/issues/{number}"]["GET"].Case(path_parameters={"number": "x"})
    asker.judge(case, answer)
    try:
        asker.raise_found()
    except AssertionError as error:
        return str(error)
    return ""


def test_what_is_promised_is_let_pass(found_in: Callable[[Response], str]) -> None:
    assert not found_in(an_answer(404, PROBLEM, KIND))


@pytest.mark.parametrize(
    ("answered", "told"),
    [
        ((500, PROBLEM | {"status": 500}, KIND), "Server error"),
        ((503, PROBLEM | {"status": 503}, KIND), "Server error"),
        ((418, PROBLEM, KIND), "Undocumented status code"),
        ((404, PROBLEM, "text/html"), "Undocumented Content-Type"),
        ((404, {"detail": "Not Found"}, KIND), "Response violates schema"),
        ((200, {"number": 7}, "application/json"), "Response violates schema"),
    ],
)
def test_what_is_not_promised_is_found(
    found_in: Callable[[Response], str], answered: tuple[int, object, str], told: str
) -> None:
    assert told in found_in(an_answer(*answered))
