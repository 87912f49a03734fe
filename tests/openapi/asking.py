"""How generated requests become those of somebody who knows the town."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import requests
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.transport import Response
from schemathesis.specs.openapi import checks as of_openapi

from tests.openapi.kinds import Case
from tests.openapi.world import Json, World, a_turn

load_all_checks()
ASKED: dict[str, Counter[int]] = {}
"""Of every operation how often it was asked, by the status of the answer."""
CHECKS = [
    not_a_server_error,
    of_openapi.status_code_conformance,
    of_openapi.content_type_conformance,
    of_openapi.response_headers_conformance,
    of_openapi.response_schema_conformance,
]
_DOOR = "/intake/"
_ADMINISTERED = tuple(
    f"/api/v1/{each}"
    for each in (
        *("reference", "alert-", "raw-messages", "cameras", "households"),
        *("accounts", "audit"),
    )
)
"""Where anybody else hears little but 403."""
_SEVERAL = 4


class Asker:
    """Sends cases as one caller after the other and holds the answers against the document."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._http = requests.Session()
        self._found: dict[tuple[str, ...], str] = {}

    def ask_all(self, cases: Iterable[Case]) -> None:
        for case in cases:
            self.ask(case)

    def ask(self, case: Case, body: bytes | None = None) -> None:
        """As one caller after the other, most often about something that exists."""
        label = case.operation.label
        turn = a_turn(label, ASKED.get(label, Counter()).total())
        self._acquaint(case, turn, keep_body=body is not None)
        administered = case.operation.path.startswith(_ADMINISTERED)
        self._send(case, self._world.bearer(turn, is_administered=administered), body)

    def ask_as_administrator(self, case: Case, body: bytes) -> None:
        self._send(case, self._world.bearers[0], body)

    def _send(self, case: Case, bearer: str, body: bytes | None) -> None:
        sent: dict[str, Any] = {"headers": {"Authorization": bearer}}
        if body is not None:
            sent["data"] = body
            sent["headers"]["Content-Type"] = "application/json"
        answer = case.call(base_url=self._world.url, session=self._http, timeout=30, **sent)
        ASKED.setdefault(case.operation.label, Counter())[answer.status_code] += 1
        self.judge(case, answer)

    def judge(self, case: Case, answer: Response) -> None:
        """Keeps the first of each kind of broken promise."""
        try:
            case.validate_response(answer, checks=CHECKS)
        except FailureGroup as group:
            broken = "\n".join(map(str, group.exceptions))
            kind = (str(answer.status_code), *(type(each).__name__ for each in group.exceptions))
            self._found.setdefault(kind, broken + _told(answer))

    def raise_found(self) -> None:
        """Raises:
        AssertionError: a promise was broken since this was asked last.
        """
        found, self._found = self._found, {}
        assert not found, "\n\n".join(found.values())

    def _acquaint(self, case: Case, turn: int, *, keep_body: bool) -> None:
        """Three in four name what exists; the others stay as they were made."""
        if turn % _SEVERAL == 0:
            return
        path = case.operation.path
        if path.startswith(_DOOR):
            adapter = list(self._world.door)[turn % len(self._world.door)]
            case.path_parameters = {
                "adapter": adapter,
                "source_token": self._world.door[adapter],
            }
            return
        known = self._named(path)
        case.path_parameters = _exchanged(case.path_parameters or {}, known, turn)
        if "Idempotency-Key" in (case.headers or {}):
            case.headers["Idempotency-Key"] = f"key-{turn}"
        if not keep_body and isinstance(case.body, dict):
            case.body = _exchanged(case.body, known, turn)

    def _named(self, path: str) -> Mapping[str, Any]:
        """`number` and `code` are of whatever the address is about."""
        known = self._world.known
        number = known["meeting"] if "/meetings" in path else known["issue"]
        code = ["spare"] if "/alert-sources" in path else ["plain", "qj", "police"]
        return {**known, "number": number, "code": code}


def _exchanged(given: Mapping[str, Any], known: Mapping[str, Any], turn: int) -> Json:
    """Field by field one in four keeps what was made."""
    return {
        name: known[name][a_turn(name, turn) % len(known[name])]
        if name in known and a_turn(turn, name) % _SEVERAL
        else value
        for name, value in given.items()
    }


def _told(answer: Response) -> str:
    """What was asked and answered, for who wants to ask again."""
    request = answer.request
    return (
        f"\n{request.method} {request.url} {request.body!r:.600}"
        f"\n{answer.status_code} {answer.headers.get('content-type')} {answer.text:.600}"
    )
