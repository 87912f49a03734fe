"""Who is told what after a step of a meeting; codes and ids, as in the notices of issues."""

from collections.abc import Iterator
from datetime import datetime

from domain.command import Command
from domain.meeting import commands as m
from domain.meeting.facts import MeetingFacts
from domain.meeting.parts import Party, Task
from domain.meeting.words import MeetingKind, MeetingState
from domain.notice import Notice
from domain.reference import grid_at
from domain.vocabulary import Role


def notices_for(
    before: MeetingFacts, after: MeetingFacts, command: Command, now: datetime
) -> tuple[Notice, ...]:
    """What a step makes known.

    `now` is when it is written down: a reminder that comes after its instant is not sent.
    """
    found = [
        *_called(before, after),
        *_reminded(after, command, now),
        *_absent(before, after),
        *_decided(before, after),
        *_tasks(before, after),
    ]
    return tuple(found)


def settled(after: MeetingFacts) -> tuple[str, ...]:
    """What `about` names and is over: undelivered notices about it are dropped."""
    over = after.state is MeetingState.CLOSED
    parties = [each for each in after.parties if over or not each.owes_report]
    owed = [each for each in after.tasks if not each.is_owed]
    reviews = [each for each in after.tasks if not each.awaits_review]
    return (
        *(_about_party(each) for each in parties),
        *(_about_task(each) for each in owed),
        *(_about_review(each) for each in reviews),
    )


def outdated(before: MeetingFacts, after: MeetingFacts) -> tuple[str, ...]:
    """Invitations that still say the old day, where nobody has delivered them yet."""
    if after.postponements == before.postponements:
        return ()
    return tuple(_about_party(each) for each in after.parties)


def _about_party(party: Party) -> str:
    return f"invitation:{party.code}"


def _about_task(task: Task) -> str:
    return f"task:{task.id}"


def _about_review(task: Task) -> str:
    return f"review:{task.id}"


def _recipient(party: Party) -> str:
    return f"subject:{party.code}" if party.is_person else f"department:{party.code}"


def _convenor(meeting: MeetingFacts) -> str:
    origin = meeting.origin
    if origin.convenor is None:
        return f"{Role.SUPERVISOR}:{origin.grid}"
    return f"department:{origin.convenor}"


def _level_above(meeting: MeetingFacts) -> str:
    """Whose supervisor sees to it where the issue is resolved already, so that nobody convenes."""
    origin = meeting.origin
    return f"{Role.SUPERVISOR}:{grid_at(origin.level.above, origin.grid)}"


def _reviewer(meeting: MeetingFacts, task: Task) -> str:
    if task.reviewer is None:
        return _convenor(meeting)
    return f"{'subject' if task.reviewer_is_person else 'department'}:{task.reviewer}"


_SPEAKS_OF = {MeetingKind.JOINT: "meeting", MeetingKind.COUNCIL: "council"}


def _notice(
    meeting: MeetingFacts, to: str, what: str, stage: str, about: str | None = None
) -> Notice:
    """Each kind of meeting has sentences of its own: nobody is called to what it is not."""
    return Notice(
        recipient=to,
        template=f"{_SPEAKS_OF[meeting.origin.kind]}_{what}",
        stage=stage,
        level=meeting.origin.level,
        about=about,
    )


def _called(before: MeetingFacts, after: MeetingFacts) -> Iterator[Notice]:
    """Whoever is new is invited; when the day moves, everybody hears of it."""
    moved = after.postponements > before.postponements
    for party in after.parties:
        was = before.party(party.code)
        new = party.invited_at is not None and (was is None or was.invited_at is None)
        if new or moved:
            yield _notice(
                after,
                _recipient(party),
                "invitation" if new else "postponed",
                f"called:{after.postponements}",
                _about_party(party) if party.owes_report else None,
            )


def _reminded(after: MeetingFacts, command: Command, now: datetime) -> Iterator[Notice]:
    if isinstance(command, m.RemindParties):
        for party in (each for each in after.parties if each.code in command.parties):
            if party.report_in_by is not None and now <= party.report_in_by:
                stage = f"report_in_due:{after.postponements}"
                about = _about_party(party)
                yield _notice(after, _recipient(party), "report_in_due", stage, about)
    if isinstance(command, m.RemindTask):
        task = after.task(command.task)
        if task is not None and now <= task.due_by:
            to, stage = f"department:{task.department}", f"task_due:{task.id}"
            yield _notice(after, to, "task_due", stage, _about_task(task))


def _absent(before: MeetingFacts, after: MeetingFacts) -> Iterator[Notice]:
    for party in after.parties:
        was = before.party(party.code)
        if was is not None and len(party.absences) > len(was.absences):
            stage = f"absent:{party.code}:{len(party.absences)}"
            yield _notice(after, _recipient(party), "absence", stage)
            yield _notice(after, _convenor(after), "absence_seen", stage)


def _decided(before: MeetingFacts, after: MeetingFacts) -> Iterator[Notice]:
    for item in after.agenda:
        known = any(each.ordinal == item.ordinal and each.decision for each in before.agenda)
        if item.decision is not None and not known:
            stage = f"decided:{item.issue}@{item.decision.at.isoformat()}"
            for party in after.parties:
                yield _notice(after, _recipient(party), "decided", stage)


def _tasks(before: MeetingFacts, after: MeetingFacts) -> Iterator[Notice]:
    for task in after.tasks:
        was, to = before.task(task.id), f"department:{task.department}"
        if was is None:
            yield _notice(after, to, "task", f"task:{task.id}", _about_task(task))
        elif task.done_at is not None and was.done_at is None:
            stage = f"review:{task.id}:{task.rejections}"
            about = _about_review(task)
            yield _notice(after, _reviewer(after, task), "review_please", stage, about)
        elif task.rejections > was.rejections:
            stage = f"again:{task.id}:{task.rejections}"
            yield _notice(after, to, "task_again", stage, _about_task(task))
        elif task.missed_at is not None and was.missed_at is None:
            stage = f"missed:{task.id}"
            for each in dict.fromkeys((to, _convenor(after), _level_above(after))):
                yield _notice(after, each, "task_missed", stage)
