"""Who is told what after a step of a meeting; the words come from catalogues."""

from collections.abc import Iterator
from dataclasses import replace

from domain.commands import Command
from domain.meeting import commands as m
from domain.meeting.facts import MeetingFacts
from domain.meeting.parts import Party, Task
from domain.meeting.words import MeetingState
from domain.notices import Notice
from domain.vocabulary import Role

_UNDECIDED = (MeetingState.PROPOSED, MeetingState.DISCUSSING)


def notices_of_meeting(
    before: MeetingFacts, after: MeetingFacts, command: Command
) -> tuple[Notice, ...]:
    """What one step makes known; `party:<code>` is a department or a person."""
    return tuple(
        [
            *_called(before, after),
            *_moved(before, after),
            *_missing(after, command),
            *_tasked(before, after),
            *_of_task(after, command),
            *_closed(before, after),
        ]
    )


def settled_in_meeting(meeting: MeetingFacts) -> tuple[str, ...]:
    """What notices may be about that nobody needs to hear of any more."""
    done = [
        _report(meeting, each)
        for each in meeting.parties
        if not each.owes_report or meeting.state not in _UNDECIDED
    ]
    done += [_duty(meeting, "task", each) for each in meeting.tasks if not each.is_owed]
    done += [_duty(meeting, "review", each) for each in meeting.tasks if not each.awaits_review]
    return tuple(done)


def _report(meeting: MeetingFacts, party: Party) -> str:
    return f"{meeting.number}:report:{party.code}"


def _duty(meeting: MeetingFacts, duty: str, task: Task) -> str:
    return f"{meeting.number}:{duty}:{task.id}"


def _to(party: Party) -> str:
    return f"{'subject' if party.is_person else 'department'}:{party.code}"


def _convenor(meeting: MeetingFacts) -> str:
    code = meeting.origin.convenor
    return f"department:{code}" if code else f"{Role.SUPERVISOR}:{meeting.origin.grid}"


def _notice(
    meeting: MeetingFacts, recipient: str, template: str, about: str | None = None
) -> Notice:
    return Notice(
        recipient=recipient,
        template=template,
        stage=f"{template}:{meeting.version}",
        level=meeting.origin.level,
        about=about,
    )


def _called(before: MeetingFacts, after: MeetingFacts) -> Iterator[Notice]:
    for party in after.parties:
        was = before.party(party.code)
        if party.invited_at is not None and (was is None or was.invited_at != party.invited_at):
            yield _notice(after, _to(party), "meeting_invited", _report(after, party))


def _moved(before: MeetingFacts, after: MeetingFacts) -> Iterator[Notice]:
    """Who has not reported in is invited anew instead."""
    if after.postponements > before.postponements:
        for party in after.parties:
            if party.reported_in_at is not None:
                yield _notice(after, _to(party), "meeting_moved")


def _missing(after: MeetingFacts, command: Command) -> Iterator[Notice]:
    match command:
        case m.RemindParties(parties=codes):
            for party in (each for each in after.parties if each.code in codes):
                yield _notice(after, _to(party), "meeting_reminder", _report(after, party))
        case m.RecordAbsences(parties=codes):
            for party in (each for each in after.parties if each.code in codes):
                yield _notice(after, _to(party), "meeting_absent")
            yield _notice(after, _convenor(after), "meeting_absences_seen")
        case m.ReportInToMeeting(proposes=proposed) if proposed is not None:
            yield _notice(after, _convenor(after), "meeting_time_proposed")


def _tasked(before: MeetingFacts, after: MeetingFacts) -> Iterator[Notice]:
    for task in after.tasks[len(before.tasks) :]:
        about = _duty(after, "task", task)
        notice = _notice(after, f"department:{task.department}", "meeting_task", about)
        yield replace(notice, stage=f"{notice.stage}:{task.id}")


def _of_task(after: MeetingFacts, command: Command) -> Iterator[Notice]:
    wanted = getattr(command, "task", None)
    task = after.task(wanted) if wanted is not None else None
    if task is None:
        return
    department = f"department:{task.department}"
    match command:
        case m.RemindTask():
            yield _notice(after, department, "meeting_task_reminder", _duty(after, "task", task))
        case m.CompleteTask():
            reviewer = f"party:{task.reviewer}" if task.reviewer else _convenor(after)
            yield _notice(after, reviewer, "meeting_review", _duty(after, "review", task))
        case m.ReviewTask():
            template = "meeting_task_accepted" if command.accepted else "meeting_task_refused"
            yield _notice(after, department, template)
        case m.MissTask():
            for recipient in (department, _convenor(after)):
                yield _notice(after, recipient, "meeting_task_missed")


def _closed(before: MeetingFacts, after: MeetingFacts) -> Iterator[Notice]:
    if after.state is MeetingState.CLOSED and before.state is not MeetingState.CLOSED:
        told = dict.fromkeys([_convenor(after), *map(_to, after.parties)])
        for recipient in told:
            yield _notice(after, recipient, "meeting_closed")
