"""What is told of an issue's joint meeting, beside the meeting's own notices."""

from collections.abc import Iterator

from domain import commands as c
from domain.facts import IssueFacts
from domain.notice import Notice, office, raiser
from domain.vocabulary import Role


def meeting_notices(before: IssueFacts, after: IssueFacts, command: c.Command) -> Iterator[Notice]:
    """The raiser hears that many sit down over it; the named leader, that nobody else is left."""
    if isinstance(command, c.ConveneMeeting):
        recipient, template = raiser(after), "meeting_convened"
    elif after.beyond_county and not before.beyond_county:
        leader = after.supervised_by
        recipient = f"subject:{leader}" if leader else office(Role.SUPERVISOR, after)
        template = "beyond_county"
    else:
        return
    yield Notice(
        recipient=recipient,
        template=template,
        stage=f"meeting:{after.version}",
        level=after.level,
        urgent=template == "beyond_county",
    )
