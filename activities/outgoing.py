"""From what a step makes known to rows of the outbox: recipients, channels, quiet hours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.commands import Command, MarkDuplicate
from domain.ids import DistrictCode, IssueNumber
from domain.issue import Issue
from domain.notice import also_told, is_for_followers
from domain.notices import Notice, notices_for, settled
from domain.reference import NoticePolicy
from storage.followers import Followers
from storage.notice_policies import policies_for, policy_for
from storage.notices import NoticeRow
from storage.outbox import Outbox
from storage.reference import ReferenceRepository
from storage.session import Session

_LEVEL = "level"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What notices are about: its own name, the issue they hang on, what sentences may say."""

    name: str
    issue: IssueNumber
    district: DistrictCode
    params: Mapping[str, str]


async def put_notices(
    session: Session, before: Issue | None, after: Issue, command: Command, now: datetime
) -> None:
    """Put what the step makes known into the outbox, and take back what it made pointless."""
    born = before or Issue(origin=after.origin, pinned=after.pinned)
    params = {"state": after.state, "level": after.level, "category": after.origin.category}
    notices = notices_for(born, after, command, now)
    if any(is_for_followers(each) for each in notices):
        told = await Followers(session).of(after.number)
        primary = await _moved_to(session, after.number, command) if told else None
        notices += also_told(notices, told, have_moved=primary is not None)
        params |= {"of": primary} if primary else {}
    matter = Matter(
        name=after.number, issue=after.number, district=after.origin.district, params=params
    )
    await put(session, matter, notices, settled(after), now)


async def _moved_to(session: Session, number: IssueNumber, command: Command) -> IssueNumber | None:
    """Where those who followed a duplicate follow the matter from now on."""
    if not isinstance(command, MarkDuplicate):
        return None
    return await Followers(session).move(number, command.of)


async def put(
    session: Session,
    matter: Matter,
    notices: Sequence[Notice],
    pointless: Sequence[str],
    now: datetime,
) -> None:
    """Put notices of a matter into the outbox, after taking back those that are pointless now."""
    outbox = Outbox(session)
    await outbox.drop_about(matter.issue, pointless, now)
    if notices:
        await outbox.put(await _addressed(ReferenceRepository(session), matter, notices, now))


async def _addressed(
    references: ReferenceRepository, matter: Matter, notices: Sequence[Notice], now: datetime
) -> list[NoticeRow]:
    zone = await references.zone(matter.district)
    told = [replace(each, recipient=await _office(references, each.recipient)) for each in notices]
    await references.foresee(policies_for(each.recipient for each in told))
    rows: list[NoticeRow] = []
    for notice in told:
        policy = await policy_for(references, notice.recipient)
        rows += _rows(matter, notice, policy, now, zone)
    return rows


async def _office(references: ReferenceRepository, recipient: str) -> str:
    """Who a level is: the office that answers for its grid, if one does."""
    kind, _, code = recipient.partition(":")
    grid = await references.grid(code) if kind == _LEVEL else None
    return f"department:{grid.unit}" if grid is not None and grid.unit else recipient


def _rows(
    matter: Matter, notice: Notice, policy: NoticePolicy, now: datetime, zone: ZoneInfo
) -> list[NoticeRow]:
    gathers = policy.digest_minutes > 0 and not notice.urgent
    ready = end_of_digest(policy, now) if gathers else now
    not_before = ready if notice.urgent else out_of_quiet_hours(policy, ready, zone)
    return [
        NoticeRow(
            dedupe_key=f"{matter.name}|{notice.stage}|{notice.level}|{notice.recipient}|{channel}",
            issue_number=matter.issue,
            recipient=notice.recipient,
            channel=channel,
            template=notice.template,
            stage=notice.stage,
            level=notice.level,
            urgent=notice.urgent,
            about=notice.about,
            params=matter.params,
            created_at=now,
            not_before=not_before,
            digest_key=f"{notice.recipient}|{channel}" if gathers else None,
        )
        for channel in policy.channels
    ]


def end_of_digest(policy: NoticePolicy, now: datetime) -> datetime:
    """The end of the span that `now` falls into; all notices of a span go out together."""
    span = timedelta(minutes=policy.digest_minutes)
    begun = (now - _EPOCH) // span
    return _EPOCH + (begun + 1) * span


def out_of_quiet_hours(policy: NoticePolicy, now: datetime, zone: ZoneInfo) -> datetime:
    """`now`, or the end of the quiet hours it falls into; they may span midnight."""
    if policy.quiet_from is None or policy.quiet_until is None:
        return now
    local = now.astimezone(zone)
    if not _is_quiet(local.time(), policy.quiet_from, policy.quiet_until):
        return now
    ends = datetime.combine(local.date(), policy.quiet_until, tzinfo=zone)
    if ends <= local:
        ends = datetime.combine(local.date() + timedelta(days=1), policy.quiet_until, tzinfo=zone)
    return ends.astimezone(UTC)


def _is_quiet(at: time, since: time, until: time) -> bool:
    if since <= until:
        return since <= at < until
    return at >= since or at < until
