"""A notice as it goes into the outbox and as it comes out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from domain.ids import IssueNumber
from domain.vocabulary import Level
from storage import codec
from storage.models import OutboxRow
from storage.session import AnyRow

NOTICE_COLUMNS = (
    OutboxRow.id,
    OutboxRow.dedupe_key,
    OutboxRow.issue_number,
    OutboxRow.recipient,
    OutboxRow.channel,
    OutboxRow.template,
    OutboxRow.stage,
    OutboxRow.level,
    OutboxRow.urgent,
    OutboxRow.about,
    OutboxRow.params,
    OutboxRow.created_at,
    OutboxRow.not_before,
    OutboxRow.digest_key,
    OutboxRow.attempts,
    OutboxRow.delivered_at,
    OutboxRow.undelivered_at,
    OutboxRow.dropped_at,
    OutboxRow.last_error,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRow:
    """A notice for one recipient and channel. `params` are codes and instants, never a name."""

    dedupe_key: str
    issue_number: IssueNumber
    recipient: str
    channel: str
    template: str
    stage: str
    level: Level
    created_at: datetime
    not_before: datetime
    urgent: bool = False
    about: str | None = None
    digest_key: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DueNotice(NoticeRow):
    """A notice that is in the outbox, with what became of it so far."""

    id: int
    attempts: int
    delivered_at: datetime | None
    undelivered_at: datetime | None
    dropped_at: datetime | None
    last_error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What is due and not delivered; `oldest` is since when."""

    due: int
    oldest: datetime | None


def values_of(notice: NoticeRow) -> dict[str, object]:
    return {
        "dedupe_key": notice.dedupe_key,
        "issue_number": notice.issue_number,
        "recipient": notice.recipient,
        "channel": notice.channel,
        "template": notice.template,
        "stage": notice.stage,
        "level": notice.level,
        "urgent": notice.urgent,
        "about": notice.about,
        "params": codec.text(codec.ANYTHING, dict(notice.params)),
        "created_at": notice.created_at,
        "not_before": notice.not_before,
        "digest_key": notice.digest_key,
        "next_at": notice.not_before,
    }


def due_of(row: AnyRow) -> DueNotice:
    values = row._asdict() | {
        "issue_number": IssueNumber(row.issue_number),
        "level": Level(row.level),
        "params": codec.ANYTHING.validate_json(row.params),
    }
    return DueNotice(**values)
