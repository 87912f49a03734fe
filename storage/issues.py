"""The writing side of an issue: its snapshot and the record of its steps; for activities only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, inspect, or_, select, update
from sqlalchemy.dialects.postgresql import Insert, insert

from domain.commands import Command
from domain.ids import IssueNumber
from domain.issue import LAW, Issue
from storage import codec, projection
from storage.events import EVENT_COLUMNS, event_of
from storage.models import AssignmentRow, Base, DeadlineRow, EventRow, IssueRow
from storage.session import AnyRow, Session
from storage.views import RecordedEvent


class VersionConflict(Exception):
    """The issue is not at the version the step starts from; nothing was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedStep:
    """An accepted command, its instant, and the issue after it with its deadlines reckoned.

    Raises:
        ValueError: the issue is not exactly one version on.
    """

    command: Command
    at: datetime
    after: Issue
    expected_version: int

    def __post_init__(self) -> None:
        if self.after.version != self.expected_version + 1:
            raise ValueError("a step is one version")


def _upsert(row: type[Base], key: str, changes: Iterable[str]) -> Insert:
    """A row that is there already is written only if it differs."""
    written = insert(row)
    new, old = written.excluded, inspect(row).c
    return written.on_conflict_do_update(
        index_elements=["issue_number", key],
        set_={name: new[name] for name in changes},
        where=or_(*(old[name].is_distinct_from(new[name]) for name in changes)),
    )


# Built once: building a statement costs more than running it.
_SNAPSHOT = select(IssueRow.snapshot).where(IssueRow.number == bindparam("_number"))
_RECORDED = select(*EVENT_COLUMNS).where(
    EventRow.issue_number == bindparam("_number"),
    EventRow.version == bindparam("_version"),
    EventRow.version > 0,
)
_EVENT = (
    "issue_number",
    "version",
    "name",
    "at",
    "actor",
    "department",
    "command_id",
    "state",
    "text_id",
    "payload",
)


def _step() -> Select[*tuple[Any, ...]]:
    """Moves the snapshot on and, if that was possible, writes the event; how many of each."""
    advanced = (
        update(IssueRow)
        .where(IssueRow.number == bindparam("_number"), IssueRow.version == bindparam("_expected"))
        .values(
            {
                **{name: bindparam(f"_to_{name}") for name in projection.ISSUE_CHANGES},
                "anonymised_at": None,  # a step has words of its own, even after the closing
            }
        )
        .returning(IssueRow.id)
        .cte("advanced")
    )
    values = (bindparam(f"_{name}", type_=inspect(EventRow).c[name].type) for name in _EVENT)
    written = (
        insert(EventRow)
        .from_select(_EVENT, select(*values).select_from(advanced))
        .on_conflict_do_nothing()
        .returning(EventRow.version)
        .cte("written")
    )
    return select(
        select(func.count()).select_from(advanced).scalar_subquery().label("advanced"),
        select(func.count()).select_from(written).scalar_subquery().label("written"),
    )


_STEP = _step()
_ASSIGNMENTS = _upsert(AssignmentRow, "ordinal", projection.ASSIGNMENT_CHANGES)
_DEADLINES = _upsert(DeadlineRow, "deadline_id", projection.DEADLINE_CHANGES)


class IssueRepository:
    """Snapshots and steps."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def snapshot(self, number: IssueNumber) -> Issue | None:
        """The issue as its last step left it; None before its first one."""
        found = await self._session.execute(_SNAPSHOT, {"_number": number})
        document = found.scalar_one_or_none()
        return codec.ISSUE.validate_json(document) if document else None

    async def record(self, step: RecordedStep) -> bool:
        """Writes the step and what it changes; False, and nothing written, if it already was.

        Raises:
            VersionConflict: the issue is at another version, another command made this one, or this
                command made another; the transaction has to be rolled back.
        """
        # One of two racing steps waits here for the other and then finds the version gone.
        advanced, written = (await self._session.execute(_STEP, _values(step))).one()
        if not advanced:
            return await self._was_recorded(step)
        if not written:
            raise VersionConflict(f"{step.command.id} has made another version already")
        await self._write_parts(step.after)
        return True

    async def recorded(self, number: IssueNumber, version: int) -> RecordedEvent | None:
        """The step that made this version."""
        row = await self._event(number, version)
        return event_of(row) if row else None

    async def _was_recorded(self, step: RecordedStep) -> bool:
        row = await self._event(step.after.number, step.after.version)
        if row is None or row.command_id != step.command.id:
            raise VersionConflict(f"{step.after.number} is not at version {step.expected_version}")
        return False

    async def _event(self, number: IssueNumber, version: int) -> AnyRow | None:
        given = {"_number": number, "_version": version}
        return (await self._session.execute(_RECORDED, given)).one_or_none()

    async def _write_parts(self, issue: Issue) -> None:
        """In order of their ordinals: a lead ends before the next one begins."""
        if issue.assignments:
            rows = [projection.of_assignment(issue, each) for each in issue.assignments]
            await self._session.execute(_ASSIGNMENTS, rows)
        if issue.deadlines:
            rows = [projection.of_deadline(issue, each) for each in issue.deadlines]
            await self._session.execute(_DEADLINES, rows)


def _values(step: RecordedStep) -> dict[str, object]:
    changed = projection.of_issue(step.after, step.at)
    return {
        **{f"_to_{name}": changed[name] for name in projection.ISSUE_CHANGES},
        **{f"_{name}": value for name, value in _event_values(step).items()},
        "_number": step.after.number,
        "_expected": step.expected_version,
    }


def _event_values(step: RecordedStep) -> dict[str, object]:
    command = step.command
    return {
        "issue_number": step.after.number,
        "version": step.after.version,
        "name": LAW[type(command)].event,
        "at": step.at,
        "actor": command.actor.subject,
        "department": command.actor.department,
        "command_id": command.id,
        "state": step.after.state,
        "text_id": command.text,
        "payload": codec.command_text(command),
    }
