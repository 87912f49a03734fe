"""The rows of the law about the joint meeting of an issue; part of `domain.law`."""

from collections.abc import Mapping

from domain import commands as c
from domain.acts import convening, counselling
from domain.events import EventName as E
from domain.rights import Who
from domain.rule import Rule
from domain.vocabulary import IssueState as S

CONVENING: Mapping[type[c.Command], Rule[S, Who, E]] = {
    c.ConveneMeeting: Rule(
        when=convening.CONVENABLE,
        who=(Who.ENGINE, Who.SUPERVISOR),
        event=E.MEETING_CONVENED,
        guard=convening.guard_convene,
        act=convening.convene,
    ),
    c.CallToCouncil: Rule(
        when=convening.CONVENABLE,
        who=(Who.ENGINE,),
        event=E.CALLED_TO_COUNCIL,
        guard=counselling.guard_call,
        act=counselling.call,
    ),
    c.ScheduleMeeting: Rule(
        when=convening.CONVENABLE,
        who=(Who.ENGINE,),
        event=E.MEETING_SCHEDULED,
        guard=convening.guard_schedule,
        act=convening.schedule,
    ),
    c.EndMeeting: Rule(
        when=convening.CONVENABLE | {S.RESOLVED},
        then=convening.CONVENABLE | {S.RESOLVED, S.CLOSED},
        who=(Who.ENGINE,),
        event=E.MEETING_ENDED,
        guard=convening.guard_end,
        act=convening.end,
    ),
    c.SettleIssue: Rule(
        when=convening.CONVENABLE,
        then=frozenset({S.CLOSED}),
        who=(Who.ENGINE,),
        event=E.SETTLED,
        guard=convening.guard_settle,
        act=convening.settle,
    ),
}
