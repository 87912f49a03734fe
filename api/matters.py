"""What a command is about: an issue or a meeting, each with its record, its law and its engine."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from typing_extensions import override

from api.engine import Engine
from api.references import require, require_joinable, require_named
from api.schemas.command import CommandBody
from api.schemas.convening import Convene
from api.sight import seen, seen_meeting
from domain.actor import Actor
from domain.commands import Command
from domain.ids import CommandId, IssueNumber, MeetingNumber
from domain.reference import ReferenceKind
from intake.answering import answer_to
from storage.meetings.queries import MeetingQueries
from storage.meetings.views import MeetingDetail
from storage.queries import Queries
from storage.session import Session
from workflows.contracts import Answer, MeetingAnswer

AnyAnswer = Answer | MeetingAnswer


class Lawful(Protocol):
    """A snapshot that knows its law."""

    def check(self, command: Command, at: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class Matter(ABC):
    """The subject of a command."""

    number: str

    @abstractmethod
    async def seen(self, session: Session, actor: Actor) -> Lawful | None:
        """Its snapshot; None before its first step.

        Raises:
            Problem: `not_found`, whether it does not exist or the actor may not see it.
        """

    @abstractmethod
    async def require_named(self, session: Session, body: CommandBody, actor: Actor) -> None:
        """Returns when everything the body names is there to be named.

        Raises:
            Problem: `invalid_input`.
        """

    @abstractmethod
    async def home(self, session: Session, body: CommandBody) -> IssueNumber:
        """The issue that what is said with the command belongs to, and is erased with."""

    @abstractmethod
    async def recorded(self, session: Session, command_id: CommandId) -> AnyAnswer | None:
        """What became of a command, if it was accepted."""

    @abstractmethod
    async def ask(self, engine: Engine, command: Command) -> AnyAnswer:
        """As `Engine.ask`."""


class IssueMatter(Matter):
    """An issue."""

    __slots__ = ()

    @override
    async def seen(self, session: Session, actor: Actor) -> Lawful | None:
        return (await seen(session, IssueNumber(self.number), actor)).snapshot

    @override
    async def require_named(self, session: Session, body: CommandBody, actor: Actor) -> None:
        await require_named(session, body, actor)
        if isinstance(body, Convene) and body.joins is not None:
            issue = await seen(session, IssueNumber(self.number), actor)
            await require_joinable(session, MeetingNumber(body.joins), issue, actor)

    @override
    async def home(self, session: Session, body: CommandBody) -> IssueNumber:
        return IssueNumber(self.number)

    @override
    async def recorded(self, session: Session, command_id: CommandId) -> Answer | None:
        number = IssueNumber(self.number)
        event = await Queries(session).event_by_command(number, command_id)
        return None if event is None else answer_to(event, Answer)

    @override
    async def ask(self, engine: Engine, command: Command) -> Answer:
        return await engine.ask(IssueNumber(self.number), command)


class MeetingMatter(Matter):
    """A joint meeting or a council."""

    __slots__ = ()

    @override
    async def seen(self, session: Session, actor: Actor) -> Lawful | None:
        return (await seen_meeting(session, MeetingNumber(self.number), actor)).snapshot

    @override
    async def require_named(self, session: Session, body: CommandBody, actor: Actor) -> None:
        await require_named(session, body, actor)
        detail = await seen_meeting(session, MeetingNumber(self.number), actor)
        parties = {str(each.code) for each in detail.snapshot.parties if each.is_person}
        persons = (each for each in body.persons() if each[1] not in parties)
        await require(session, ((field, ReferenceKind.STAFF, code) for field, code in persons))

    @override
    async def home(self, session: Session, body: CommandBody) -> IssueNumber:
        """The issue that is decided or whose task it is; else the first on the agenda."""
        detail = await MeetingQueries(session).meeting(MeetingNumber(self.number))
        assert detail is not None
        return _home(detail, body)

    @override
    async def recorded(self, session: Session, command_id: CommandId) -> MeetingAnswer | None:
        number = MeetingNumber(self.number)
        event = await MeetingQueries(session).event_by_command(number, command_id)
        return None if event is None else answer_to(event, MeetingAnswer)

    @override
    async def ask(self, engine: Engine, command: Command) -> MeetingAnswer:
        return await engine.ask_meeting(MeetingNumber(self.number), command)


def _home(detail: MeetingDetail, body: CommandBody) -> IssueNumber:
    meeting = detail.snapshot
    of_tasks: Mapping[str, IssueNumber] = {each.id: each.issue for each in meeting.tasks}
    known = {each.issue for each in meeting.agenda}
    named = getattr(body, "issue", None) or of_tasks.get(getattr(body, "task", ""))
    return named if named in known else meeting.agenda[0].issue
