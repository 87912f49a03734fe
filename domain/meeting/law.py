"""The law of meetings: which command in which step, by whom, and what it makes of the meeting."""

from collections.abc import Mapping

from domain.command import Command
from domain.meeting import commands as m
from domain.meeting.acts import calling, deciding, reviewing
from domain.meeting.words import MeetingEvent as E
from domain.meeting.words import MeetingState
from domain.rights import MeetingWho as Who
from domain.rule import Rule

S = MeetingState
_BEFORE = frozenset({S.PROPOSED})
_SITTING = frozenset({S.DISCUSSING})
_UNDECIDED = _BEFORE | _SITTING
_OPEN = frozenset(S) - {S.CLOSED}
_TASKS = _OPEN - {S.PROPOSED}
"""With several items, tasks of the first may be under way while the last is discussed."""
_REVIEWS = _TASKS - {S.DECIDED}
"""What is done stands for review; decided, nothing is done yet."""
_AFTER_DECISION = frozenset(S) - {S.PROPOSED}
_LEADS = (Who.CONVENOR, Who.SUPERVISOR)

MEETING_LAW: Mapping[type[Command], Rule[MeetingState, Who, E]] = {
    m.InviteParties: Rule(
        when=_BEFORE,
        who=(Who.ENGINE,),
        event=E.PARTIES_INVITED,
        guard=calling.guard_invite,
        act=calling.invite,
    ),
    m.AcknowledgeInvitation: Rule(
        when=_UNDECIDED,
        who=(Who.INVITED,),
        event=E.INVITATION_ACKNOWLEDGED,
        guard=calling.guard_acknowledge,
        act=calling.acknowledge,
    ),
    m.ReportInToMeeting: Rule(
        when=_UNDECIDED,
        who=(Who.INVITED,),
        event=E.PARTY_REPORTED_IN,
        guard=calling.guard_report_in,
        act=calling.report_in,
    ),
    m.RemindParties: Rule(
        when=_UNDECIDED,
        who=(Who.ENGINE,),
        event=E.PARTIES_REMINDED,
        guard=calling.guard_remind,
        act=calling.remind,
    ),
    m.RecordAbsences: Rule(
        when=_UNDECIDED,
        who=(Who.ENGINE,),
        event=E.ABSENCES_RECORDED,
        guard=calling.guard_absences,
        act=calling.record_absences,
    ),
    m.InviteDepartments: Rule(
        when=_UNDECIDED,
        who=_LEADS,
        event=E.DEPARTMENTS_INVITED,
        guard=calling.guard_invite_more,
        act=calling.invite_more,
    ),
    m.PostponeMeeting: Rule(
        when=_BEFORE,
        who=_LEADS,
        event=E.POSTPONED,
        guard=calling.guard_postpone,
        act=calling.postpone,
    ),
    m.MissSitting: Rule(
        when=_BEFORE,
        then=frozenset({S.PROPOSED, S.CLOSED}),
        who=(Who.ENGINE,),
        event=E.SITTING_MISSED,
        guard=calling.guard_miss_sitting,
        act=calling.miss_sitting,
    ),
    m.OpenSitting: Rule(
        when=_BEFORE,
        then=_SITTING,
        who=_LEADS,
        event=E.SITTING_OPENED,
        guard=calling.guard_open,
        act=calling.open_sitting,
    ),
    m.AddMinutes: Rule(
        when=_TASKS,
        who=_LEADS,
        event=E.MINUTES_ADDED,
        guard=deciding.guard_minutes,
        act=deciding.add_minutes,
    ),
    m.AddToAgenda: Rule(
        when=_UNDECIDED,
        who=(Who.ENGINE,),
        event=E.ITEM_ADDED,
        guard=deciding.guard_add,
        act=deciding.add_to_agenda,
    ),
    m.TakeOffAgenda: Rule(
        when=_OPEN,
        then=frozenset(S),
        who=(Who.ENGINE, *_LEADS),
        event=E.ITEM_TAKEN_OFF,
        guard=deciding.guard_take_off,
        act=deciding.take_off,
    ),
    m.DecideItem: Rule(
        when=_SITTING,
        then=_AFTER_DECISION,
        who=_LEADS,
        event=E.ITEM_DECIDED,
        guard=deciding.guard_decide,
        act=deciding.decide,
    ),
    m.AdjournMeeting: Rule(
        when=_SITTING,
        then=_AFTER_DECISION - _SITTING,
        who=_LEADS,
        event=E.ADJOURNED,
        act=deciding.adjourn,
    ),
    m.MissDecision: Rule(
        when=_SITTING,
        then=_AFTER_DECISION - _SITTING,
        who=(Who.ENGINE,),
        event=E.DECISION_MISSED,
        guard=deciding.guard_miss_decision,
        act=deciding.miss_decision,
    ),
    m.CompleteTask: Rule(
        when=_TASKS,
        then=frozenset({S.DISCUSSING, S.REVIEWING}),
        who=(Who.TASKED,),
        event=E.TASK_COMPLETED,
        guard=reviewing.guard_complete,
        act=reviewing.complete,
    ),
    m.ReviewTask: Rule(
        when=_REVIEWS,
        then=_REVIEWS | {S.CLOSED},
        who=(Who.REVIEWER,),
        event=E.TASK_REVIEWED,
        guard=reviewing.guard_review,
        act=reviewing.review,
    ),
    m.RemindTask: Rule(
        when=_TASKS,
        who=(Who.ENGINE,),
        event=E.TASK_REMINDED,
        guard=reviewing.guard_remind,
        act=reviewing.remind,
    ),
    m.LapseReview: Rule(
        when=_REVIEWS,
        then=_REVIEWS | {S.CLOSED},
        who=(Who.ENGINE,),
        event=E.REVIEW_LAPSED,
        guard=reviewing.guard_lapse,
        act=reviewing.lapse_review,
    ),
    m.MissTask: Rule(
        when=_TASKS,
        then=_AFTER_DECISION,
        who=(Who.ENGINE,),
        event=E.TASK_MISSED,
        guard=reviewing.guard_miss,
        act=reviewing.miss,
    ),
}
