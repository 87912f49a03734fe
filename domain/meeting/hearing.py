"""What an issue does with what its meeting tells it."""

from domain import commands as c
from domain.meeting.council import CouncilCall
from domain.meeting.results import MeetingDates, MeetingResult
from domain.vocabulary import ItemOutcome


def heard(news: MeetingDates | MeetingResult | CouncilCall) -> c.Command:
    """The engine's command for the issue; whether it still holds, its law says."""
    if isinstance(news, CouncilCall):
        fact = f"council:{news.meeting}@{news.at.isoformat()}"
        return c.CallToCouncil.by_engine(fact, meeting=news.meeting, level=news.level)
    if isinstance(news, MeetingDates):
        return c.ScheduleMeeting.by_engine(
            f"dates:{news.meeting}:{news.version}",
            meeting=news.meeting,
            sits_at=news.sits_at,
            decide_by=news.decide_by,
            level=news.level,
        )
    fact = f"{news.outcome}:{news.meeting}@{news.at.isoformat()}"
    if news.outcome is ItemOutcome.DISPATCHED:
        return c.DispatchIssue.by_engine(
            fact,
            lead=news.lead,
            co=news.co,
            text=news.text,
            rule=f"meeting:{news.meeting}",
            meeting=news.meeting,
            with_tasks=not news.is_final,
        )
    if news.outcome is ItemOutcome.SETTLED:
        return c.SettleIssue.by_engine(fact, meeting=news.meeting, text=news.text)
    return c.EndMeeting.by_engine(
        fact, meeting=news.meeting, outcome=news.outcome, leader=news.leader, text=news.text
    )
