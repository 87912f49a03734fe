"""The way of a command: claim the key, keep the text, ask the workflow, keep the answer.

A crash anywhere between leaves nothing that the same request, repeated, does not finish: the key
is, with its caller, the id of the Update and of the recorded event.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from pydantic import TypeAdapter

from api.answering import Ledger, Reply, again, is_settled
from api.asking import Asking
from api.engine import Engine, NoWorkflow
from api.hanging import Hanging, hang, hung
from api.matters import AnyAnswer, Matter
from api.parts import Parts
from api.problems import ApiCode, Problem
from api.schemas.command import CommandBody
from domain.commands import Command
from domain.ids import IssueNumber, TextId
from domain.refusals import Refusal
from storage.pictures.repository import Pictures
from storage.pictures.views import Step
from storage.session import Session
from storage.texts import Texts

log = structlog.get_logger(__name__)

_ANSWER: TypeAdapter[AnyAnswer] = TypeAdapter(AnyAnswer)
_PAUSES = (0.1, 0.2, 0.4)
"""Seconds given to a workflow that is about to start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A command as it was asked over HTTP."""

    asking: Asking
    matter: Matter
    kind: type[Command]
    body: CommandBody
    asked_at: datetime | None = None
    """When its key was first seen: however often it is repeated, it was asked then."""

    @property
    def text_id(self) -> TextId:
        """Under which the command's text is kept, if it has one."""
        return TextId(f"{self.matter.number}:{self.asking.command_id}")

    @property
    def texts(self) -> Mapping[TextId, str]:
        return self.body.texts(self.text_id)

    @property
    def hanging(self) -> Hanging | None:
        """The pictures that come with the command, if there are any."""
        shown, asking = self.body.shown, self.asking
        if not shown.ids:
            return None
        number = IssueNumber(self.matter.number)
        step = Step(number=number, command=asking.command_id, role=shown.role)
        return Hanging(shown.field, shown.ids, asking.actor.subject, step)

    @property
    def command(self) -> Command:
        asking = self.asking
        command = self.body.to_command(self.kind, asking.actor, asking.command_id, self.text_id)
        return replace(command, asked_at=self.asked_at)


@dataclass(frozen=True, slots=True)
class Desk:
    """Takes orders to the engine."""

    parts: Parts
    engine: Engine

    async def give(self, order: Order) -> Reply:
        """The answer, the same for the same order however often it is given.

        Raises:
            Refusal: the law says no; that too is kept.
            Problem: bad references, a key of another request, or an engine that cannot answer now.
        """
        begun = await self._begin(order)
        if isinstance(begun, Reply):
            return begun
        order = replace(order, asked_at=begun)
        try:
            answer = await self._ask(order)
        except Refusal as refusal:
            return await self._refused(order, refusal)
        async with self.parts.database.begin() as session:
            return await self._accepted(session, order, answer)

    async def _begin(self, order: Order) -> Reply | datetime:
        """Claims the key and keeps the text: when that was, or the answer there already is."""
        at = self.parts.now()
        async with self.parts.database.begin() as session:
            stored = await Ledger(session, order.asking).open(order.body, at)
            if stored is not None and not is_settled(stored):
                answer = await _recorded(session, order)
                if answer is not None:
                    return await self._accepted(session, order, answer)
            if (reply := again(stored)) is not None:
                return reply
            await order.matter.seen(session, order.asking.actor)
            await order.matter.require_named(session, order.body, order.asking.actor)
            await self._keep_text(session, order)
            if order.hanging is not None:
                await hang(session, order.hanging, at)
        return stored.created_at if stored is not None else at

    async def _accepted(self, session: Session, order: Order, answer: AnyAnswer) -> Reply:
        """Keeps the answer, and the text, should a refused twin have removed it."""
        reply = _reply(order, answer)
        await Ledger(session, order.asking).keep(reply)
        await self._keep_text(session, order)
        if order.hanging is not None:
            await hung(session, order.hanging, self.parts.now())
        return reply

    async def _refused(self, order: Order, refusal: Refusal) -> Reply:
        """Keeps the refusal, unless a twin of the request was accepted: then that is the answer.

        Raises:
            Refusal: as given.
        """
        async with self.parts.database.begin() as session:
            await Ledger(session, order.asking).keep_refusal(refusal)
            answer = await _recorded(session, order)
            if answer is not None:
                return await self._accepted(session, order, answer)
            await Texts(session).remove_unused(
                order.texts, order.matter.number, order.asking.command_id
            )
            if order.hanging is not None:
                await Pictures(session).release(order.hanging.step)
        raise refusal

    async def _keep_text(self, session: Session, order: Order) -> None:
        if not order.texts:
            return
        home = await order.matter.home(session, order.body)
        author, at = order.asking.actor.subject, self.parts.now()
        for text_id, said in order.texts.items():
            await Texts(session).put(text_id, home, author, said, at)

    async def _ask(self, order: Order) -> AnyAnswer:
        for pause in _PAUSES:
            try:
                return await order.matter.ask(self.engine, order.command)
            except NoWorkflow:
                if (answer := await self._without_workflow(order)) is not None:
                    return answer
            await asyncio.sleep(pause)
        raise Problem(ApiCode.NOT_YET_STARTED)

    async def _without_workflow(self, order: Order) -> AnyAnswer | None:
        """None while the workflow has not started; of one that is over, the law still knows.

        Raises:
            Refusal: the matter is over, and the law says why not.
        """
        async with self.parts.database.read() as session:
            answer = await _recorded(session, order)
            snapshot = await order.matter.seen(session, order.asking.actor)
        if answer is not None or snapshot is None:
            return answer
        snapshot.check(order.command, self.parts.now())
        log.error("workflow_missing", number=order.matter.number)
        raise Problem(ApiCode.ENGINE_UNAVAILABLE)


async def _recorded(session: Session, order: Order) -> AnyAnswer | None:
    return await order.matter.recorded(session, order.asking.command_id)


def _reply(order: Order, answer: AnyAnswer) -> Reply:
    """The answer under the caller's own key."""
    return Reply({**_ANSWER.dump_python(answer, mode="json"), "command": order.asking.key})
