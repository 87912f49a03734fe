"""One key, one answer: what was answered is kept, and given again as it was."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel

from api.asking import Asking
from api.problems import ApiCode, Problem
from domain.refusals import Refusal, RefusalCode
from storage.idempotency import Idempotency, KeyReused
from storage.session import Session
from storage.views import Stored


@dataclass(frozen=True, slots=True)
class Reply:
    """A good answer: its status and body, both kept under the key."""

    body: Mapping[str, Any]
    status: HTTPStatus = HTTPStatus.OK
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ledger:
    """What is known of one request, in one open transaction."""

    session: Session
    asking: Asking

    async def open(self, body: BaseModel | None, at: datetime) -> Stored | None:
        """None for a new request; one that was asked before and not answered has no status.

        Raises:
            Problem: the key belongs to another request.
        """
        idempotency = Idempotency(self.session)
        asking = self.asking
        try:
            return await idempotency.claim(
                asking.actor.subject, asking.key, asking.route, asking.fingerprint(body), at
            )
        except KeyReused as error:
            raise Problem(ApiCode.IDEMPOTENCY_KEY_REUSED) from error

    async def keep(self, reply: Reply) -> None:
        """The answer from now on, should a twin of the request have been refused meanwhile too."""
        answer = {"body": reply.body, "headers": dict(reply.headers)}
        asking = self.asking
        await Idempotency(self.session).correct(
            asking.actor.subject, asking.key, reply.status, answer
        )

    async def keep_refusal(self, refusal: Refusal) -> None:
        """The answer, unless there is one already."""
        answer = {"refused": refusal.code, "params": refusal.params}
        status = Problem.of_refusal(refusal).status
        asking = self.asking
        await Idempotency(self.session).store(asking.actor.subject, asking.key, status, answer)


def is_settled(stored: Stored) -> bool:
    """Whether the request was answered with a yes, which nothing takes back."""
    return stored.status is not None and "refused" not in stored.answer


def again(stored: Stored | None) -> Reply | None:
    """The answer that was given before, if there was one.

    Raises:
        Refusal: that was the answer.
    """
    if stored is None or stored.status is None:
        return None
    if "refused" in stored.answer:
        raise Refusal(RefusalCode(stored.answer["refused"]), **stored.answer["params"])
    return Reply(stored.answer["body"], HTTPStatus(stored.status), stored.answer["headers"])
