"""What the workflows over a law have in common: one writer, its Updates, its answers.

An Update's validator asks the law, its handler carries the command out. One factory instead of
dozens of look-alike method pairs; a test holds every command of the laws against the Updates that
exist.
"""

import asyncio
from abc import abstractmethod
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Generic, Protocol, TypeVar, cast

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from domain.commands import NAMES, Command
from domain.ids import CommandId
from domain.meeting.commands import MEETING_NAMES
from domain.refusals import Refusal
from domain.schedule import Due
from workflows.contracts import NEW_RUN, TOO_LARGE, Answer, MeetingAnswer

C = TypeVar("C", bound=Command)
A = TypeVar("A", Answer, MeetingAnswer)

ANSWERS_KEPT = 100
"""Repeats of older commands are answered from the record by the API."""
LARGEST_COMMAND = 64 * 1024
"""Bytes of JSON; several times what the API lets through. A step has to fit into one payload of
Temporal (2 MiB) and one event of the record, or it would be tried again for ever."""
NEWS_IN_TIME = "2026-11-news-makes-nobody-late"
"""Gate: before it, news that waited brought everything due by now before an act that was asked for
in time."""
LONGEST_OUTAGE = timedelta(days=1)
"""How far back an act may have been asked for; nothing older waits in any queue."""


class Governed(Protocol):
    """A snapshot under a law."""

    @property
    def stepped_at(self) -> datetime | None: ...
    @property
    def is_finished(self) -> bool: ...
    def check(self, command: Command, at: datetime) -> None: ...
    def due(self, at: datetime) -> Due | None: ...


class OnlyWriter(Generic[A]):
    """Carries out commands one after another, each after whatever the clocks called for before."""

    def __init__(self, answered: Iterable[A]) -> None:
        self._answers: dict[CommandId, A] = {answer.command: answer for answer in answered}
        self._writing = asyncio.Lock()

    # --- what a workflow over a law says of itself -----------------------------------------------

    @property
    @abstractmethod
    def _governed(self) -> Governed | None:
        """The snapshot, once there is one."""

    @property
    @abstractmethod
    def _is_under_way(self) -> bool:
        """Whether commands of people can be carried out yet."""

    @property
    @abstractmethod
    def _is_behind(self) -> bool:
        """Whether something is called for that is not written down yet."""

    @abstractmethod
    async def _catch_up(self, to: datetime) -> None:
        """Write down what is called for by `to`."""

    @abstractmethod
    async def _step(self, command: Command, at: datetime) -> A:
        """Apply and record one command."""

    # --- what follows from it --------------------------------------------------------------------

    def refuse_unlawful(self, command: Command) -> None:
        """Raises the refusal; changes nothing."""
        _refuse_too_large(command)
        if self._makes_room():
            raise ApplicationError("a new run begins; ask again", type=NEW_RUN)
        # A step that is being written may be seen in SQL before it is known here, and updates
        # come before timers in one task: what is under way or due is judged first, in the handler.
        if not self._writing.locked() and not self._is_behind:
            self._refuse_unlawful(command)

    def _makes_room(self) -> bool:
        """Whether a new run has to begin, which cannot while commands are carried out.

        Only while one is: a rejected Update wakes nobody, and the new run would never begin.
        """
        is_finished = self._governed is None or self._governed.is_finished
        is_long = workflow.info().is_continue_as_new_suggested()
        return is_long and not is_finished and self._writing.locked()

    def _refuse_unlawful(self, command: Command) -> None:
        governed = self._governed
        if governed is None or command.id in self._answers:
            return
        try:
            governed.check(command, self._instant_of(command))
        except Refusal as refusal:
            raise ApplicationError(
                str(refusal), refusal.code, refusal.params, type=Refusal.__name__
            ) from refusal

    async def carry_out(self, command: Command) -> A:
        """Applies and records the command; the answer of a repeated one is the first one's."""
        await workflow.wait_condition(lambda: self._is_under_way)
        async with self._writing:
            if command.id not in self._answers:
                await self._catch_up(self._instant_of(command))
                # Asked again: another command may have been carried out since the validator.
                self._refuse_unlawful(command)
                self._remember(await self._step(command, self._instant_of(command)))
            return self._answers[command.id]

    async def _carry_out_if_lawful(self, command: Command, at: datetime) -> bool:
        """What another workflow told; it may have lost its object on the way."""
        assert self._governed is not None
        try:
            self._governed.check(command, at)
        except Refusal as refusal:
            workflow.logger.info(
                "news_out_of_date", extra={"news": type(command).__name__, "why": refusal.code}
            )
            return False
        await self._step(command, at)
        return True

    def _instant_of(self, command: Command) -> datetime:
        """When it was asked, so that nobody is late because the engine was away."""
        now = workflow.now()
        asked = command.asked_at
        if asked is None or not now - LONGEST_OUTAGE <= asked <= now:
            return now
        return self._not_before_the_last_step(asked)

    def _would_make_late(self, to: datetime) -> bool:
        """Whether news of now would bring what was due since `to` before an act asked for by then.

        The gate is asked only where something is due, so most histories need no marker.
        """
        now = workflow.now()
        is_due = self._governed is not None and self._governed.due(now) is not None
        return to < now and is_due and workflow.patched(NEWS_IN_TIME)

    def _not_before_the_last_step(self, at: datetime) -> datetime:
        stepped_at = None if self._governed is None else self._governed.stepped_at
        return at if stepped_at is None else max(at, stepped_at)

    async def _do_what_is_due(self, to: datetime) -> None:
        """Whatever is due takes effect at its own instant, in order, however late it is."""
        assert self._governed is not None
        while (due := self._governed.due(to)) is not None:
            await self._step(due.command, self._not_before_the_last_step(due.at))

    def _remember(self, answer: A) -> None:
        self._answers[answer.command] = answer
        while len(self._answers) > ANSWERS_KEPT:
            oldest: CommandId = next(iter(self._answers))
            del self._answers[oldest]


def _refuse_too_large(command: Command) -> None:
    size = len(workflow.payload_converter().to_payload(command).data)
    if size > LARGEST_COMMAND:
        said = f"a command of {size} bytes; {LARGEST_COMMAND} at most"
        raise ApplicationError(said, size, LARGEST_COMMAND, type=TOO_LARGE)


def lawful(kind: type[C]) -> workflow.UpdateMethodMultiParam[[Any, C], Answer]:
    """The Update of an issue's command, under the name it has in `NAMES`."""
    return _update(kind, NAMES, Answer)


def lawful_in_meeting(kind: type[C]) -> workflow.UpdateMethodMultiParam[[Any, C], MeetingAnswer]:
    """The Update of a meeting's command, under the name it has in `MEETING_NAMES`."""
    return _update(kind, MEETING_NAMES, MeetingAnswer)


def _update(
    kind: type[C], names: Mapping[str, type[Command]], answer: type[A]
) -> workflow.UpdateMethodMultiParam[[Any, C], A]:
    name = next(name for name, command in names.items() if command is kind)

    async def handler(self: OnlyWriter[A], command: C) -> A:
        return await self.carry_out(command)

    def validator(self: OnlyWriter[A], command: C) -> None:
        self.refuse_unlawful(command)

    handler.__name__ = handler.__qualname__ = name
    handler.__annotations__ = {"command": kind, "return": answer}
    validator.__annotations__ = {"command": kind, "return": None}
    update = workflow.update(name=name)(handler)
    update.validator(validator)
    return cast("workflow.UpdateMethodMultiParam[[Any, C], A]", update)
