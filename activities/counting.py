"""What a recorded step of a meeting adds to the counters."""

from collections import Counter

from domain.meeting.meeting import Meeting
from domain.meeting.parts import Task
from observability import metrics


def count_meeting(before: Meeting | None, after: Meeting) -> None:
    """Called once for every step, after its commit; what no step did is not counted."""
    level = after.origin.level
    if before is None:
        by = after.origin.convened_by
        metrics.MEETINGS_CONVENED_TOTAL.labels(level=level, by=by).inc()
    absences = _absences(after) - (_absences(before) if before else 0)
    if absences:
        metrics.MEETING_ABSENCES_TOTAL.labels(level=level).inc(absences)
    for outcome, count in (_settled(after) - _settled(before)).items():
        metrics.MEETING_TASKS_TOTAL.labels(outcome=outcome).inc(count)
    if after.outcome is not None and (before is None or before.outcome is None):
        metrics.MEETINGS_ENDED_TOTAL.labels(level=level, outcome=after.outcome).inc()


def _absences(meeting: Meeting) -> int:
    return sum(len(each.absences) for each in meeting.parties)


def _settled(meeting: Meeting | None) -> Counter[str]:
    """Tasks that were dropped because their item ended count as nothing."""
    tasks = meeting.tasks if meeting else ()
    return Counter(outcome for outcome in map(_outcome, tasks) if outcome is not None)


def _outcome(task: Task) -> str | None:
    if task.missed_at is not None:
        return "missed"
    if task.lapsed_at is not None:
        return "lapsed"
    return "done" if task.accepted else None
