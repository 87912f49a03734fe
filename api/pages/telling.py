"""What is put into the outbox for who is behind a link: a notice for each of their channels."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from domain.ids import IssueNumber, Subject
from storage.notice_policies import policy_for
from storage.notices import NoticeRow
from storage.queries import Queries
from storage.reference import ReferenceRepository
from storage.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Tidings:
    """What is told to whom; `fact` names it, so that it is told once."""

    number: IssueNumber
    subject: Subject
    fact: str
    template: str
    params: Mapping[str, str]
    at: datetime
    urgent: bool = False


async def notices_of(session: Session, tidings: Tidings) -> list[NoticeRow]:
    """By the person's own policy; ids alone, from which the courier makes what it sends."""
    recipient = f"subject:{tidings.subject}"
    detail = await Queries(session).issue(tidings.number)
    assert detail is not None
    policy = await policy_for(ReferenceRepository(session), recipient)
    return [
        NoticeRow(
            dedupe_key=f"{tidings.number}|{tidings.fact}|{recipient}|{channel}",
            issue_number=tidings.number,
            recipient=recipient,
            channel=channel,
            template=tidings.template,
            stage=tidings.fact,
            level=detail.level,
            urgent=tidings.urgent,
            params=dict(tidings.params),
            created_at=tidings.at,
            not_before=tidings.at,
        )
        for channel in policy.channels
    ]
