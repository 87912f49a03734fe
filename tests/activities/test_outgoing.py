"""From what a step makes known to rows: channels, quiet hours, digests, once each."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from activities.outgoing import out_of_quiet_hours
from domain.commands import BreachDeadline
from domain.ids import DepartmentCode
from domain.reference import Channel, Grid, GridLevel, NoticePolicy, ReferenceKind
from domain.schedule import PAST
from domain.vocabulary import DeadlineKind, Level
from storage.notices import DueNotice
from storage.outbox import Outbox
from storage.session import Database
from tests.activities.desk import dispatched_by_rule, furnished, issues, taken, written
from tests.builders import COUNTY, NOON
from tests.domain.calendars import SHANGHAI, at

NIGHT = NoticePolicy(code="default", quiet_from=time(22), quiet_until=time(7))
LUNCH = NoticePolicy(code="default", quiet_from=time(12), quiet_until=time(14))


@pytest.mark.parametrize(
    ("policy", "said", "sent"),
    [
        (NIGHT, "2026-11-23 21:59:59", "2026-11-23 21:59:59"),
        (NIGHT, "2026-11-23 22:00", "2026-11-24 07:00"),
        (NIGHT, "2026-11-24 00:00", "2026-11-24 07:00"),
        (NIGHT, "2026-11-24 06:59:59", "2026-11-24 07:00"),
        (NIGHT, "2026-11-24 07:00", "2026-11-24 07:00"),
        (LUNCH, "2026-11-24 12:30", "2026-11-24 14:00"),
        (LUNCH, "2026-11-24 14:00", "2026-11-24 14:00"),
        (NoticePolicy(code="default"), "2026-11-24 03:00", "2026-11-24 03:00"),
    ],
)
def test_quiet_hours_end_before_anything_is_sent(
    policy: NoticePolicy, said: str, sent: str
) -> None:
    assert out_of_quiet_hours(policy, at(said), SHANGHAI) == at(sent)


async def sent_at(database: Database, now: datetime, **policy: object) -> DueNotice:
    """The notice of a dispatch at `now` under this policy."""
    number = await furnished(database)
    await written(database, ReferenceKind.NOTICE_POLICY, NoticePolicy(code="default", **policy))  # type: ignore[arg-type]  # the class checks the names
    opened = await issues(database).open(number)
    await taken(database, opened, dispatched_by_rule(), now)
    async with database.read() as session:
        return (await Outbox(session).for_issue(number))[0]


async def test_notice_at_night(database: Database) -> None:
    midnight = datetime(2026, 11, 23, 16, tzinfo=UTC)
    notice = await sent_at(database, midnight, quiet_from=time(22), quiet_until=time(7))
    assert notice.not_before == at("2026-11-24 07:00")


async def test_digest_ends_with_its_span(database: Database) -> None:
    notice = await sent_at(database, NOON + timedelta(minutes=11), digest_minutes=30)
    assert notice.not_before == NOON + timedelta(minutes=30)
    assert notice.digest_key is not None


async def test_deactivated_policy_still_notifies(database: Database) -> None:
    number = await furnished(database)
    loud = NoticePolicy(
        code="department:police",
        channels=(Channel.LOG, Channel.WEBHOOK),
        webhook_url="https://example.org/hook",
    )
    await written(database, ReferenceKind.NOTICE_POLICY, loud)
    await written(database, ReferenceKind.NOTICE_POLICY, loud, version=1, retired=True)
    opened = await issues(database).open(number)
    await taken(database, opened, dispatched_by_rule())
    async with database.read() as session:
        channels = [each.channel for each in await Outbox(session).for_issue(number)]
    assert channels == [Channel.LOG]


async def test_own_policy_goes_before_that_of_its_kind(database: Database) -> None:
    number = await furnished(database)
    for code, minutes in (("default", 15), ("department", 30), ("department:police", 60)):
        policy = NoticePolicy(code=code, digest_minutes=minutes)
        await written(database, ReferenceKind.NOTICE_POLICY, policy)
    opened = await issues(database).open(number)
    await taken(database, opened, dispatched_by_rule())
    async with database.read() as session:
        notice = (await Outbox(session).for_issue(number))[0]
    assert notice.not_before == NOON + timedelta(minutes=60)


async def test_digest_never_ends_in_the_night(database: Database) -> None:
    evening = at("2026-11-23 21:50")
    notice = await sent_at(
        database, evening, digest_minutes=30, quiet_from=time(22), quiet_until=time(7)
    )
    assert notice.not_before == at("2026-11-24 07:00")


async def test_level_is_told_at_the_office_that_answers_for_it(database: Database) -> None:
    number = await furnished(database)
    street = Grid(
        code=COUNTY, name="县", name_en="County", level=GridLevel.COUNTY, unit=DepartmentCode("hq")
    )
    await written(database, ReferenceKind.GRID, street)
    opened = replace(await issues(database).open(number), level=Level.COUNTY)
    issue = await taken(database, opened, dispatched_by_rule())
    claim = issue.deadline(DeadlineKind.CLAIM)
    assert claim is not None
    assert claim.due_by is not None
    breach = BreachDeadline.by_engine("breach", deadline=claim.id)
    await taken(database, issue, breach, claim.due_by + PAST)
    async with database.read() as session:
        told = {each.recipient for each in await Outbox(session).for_issue(number)}
    assert "department:hq" in told
