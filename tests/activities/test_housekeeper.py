"""What has been kept long enough goes, in batches; what is pending and the record stay."""

from datetime import timedelta

import pytest

from activities.housekeeper import Housekeeper
from activities.upkeep import Batch, Stale
from domain.ids import Subject
from domain.reference import ReferenceKind
from domain.vocabulary import IssueState
from storage.accounts.attempts import Attempts
from storage.accounts.repository import Accounts
from storage.alerts.raw_messages import RawMessages
from storage.idempotency import Idempotency
from storage.outbox import Outbox
from storage.pictures.album import Album
from storage.pictures.objects import ObjectsUnreachable
from storage.rechecks import Rechecks
from storage.residents.codes import ResidentCodes
from storage.residents.links import ResidentLinks
from storage.session import Database
from tests.activities.desk import dispatched_by_rule, furnished, issues, taken
from tests.api.residents import linked
from tests.builders import NOON, POLICE
from tests.intake.camera_desk import MAPPING, SOURCE, Desk
from tests.pictures.album import FrailObjects
from tests.storage.stories import born, born_in
from tests.storage.test_accounts import HASHER, an_account, opened
from tests.storage.test_outbox import a_notice, everything_of, put
from tests.storage.test_pictures import an_upload, kept

AGES = {Stale.NOTICES: timedelta(days=180), Stale.IDEMPOTENCY_KEYS: timedelta(days=30)}
DAY = timedelta(days=1)


def at(days: int, of: Stale, limit: int = 100) -> Batch:
    return Batch(of=of, at=NOON + days * DAY, limit=limit)


def housekeeper(database: Database, objects: FrailObjects | None = None) -> Housekeeper:
    ages = {**AGES, Stale.RECHECKS: timedelta(days=30), Stale.PICTURES: timedelta(days=1)}
    ages |= {Stale.RAW_MESSAGES: timedelta(), Stale.ALERT_EVENTS: timedelta(days=180)}
    ages |= {Stale.PERSONAL_DATA: timedelta(days=365)}
    return Housekeeper(database, Album(database, objects or FrailObjects()), ages)


async def told(database: Database, *, delivered: int, of: int = 3) -> None:
    """Notices of one issue, the newest of them delivered."""
    number = await born(database)
    await put(database, *(a_notice(number, f"k{each}") for each in range(of)))
    ids = [each.id for each in await everything_of(database, number)]
    async with database.begin() as session:
        await Outbox(session).delivered(ids[of - delivered :], NOON)


async def test_old_notices_go_and_pending_ones_stay(database: Database) -> None:
    await told(database, delivered=2)
    assert await housekeeper(database).forget(at(179, Stale.NOTICES)) == 0
    assert await housekeeper(database).forget(at(181, Stale.NOTICES)) == 2
    assert await housekeeper(database).forget(at(181, Stale.NOTICES)) == 0


async def test_batch_is_no_larger_than_asked(database: Database) -> None:
    await told(database, delivered=2)
    batch = at(181, Stale.NOTICES, limit=1)
    assert [await housekeeper(database).forget(batch) for _ in range(3)] == [1, 1, 0]


async def test_old_keys_go(database: Database) -> None:
    async with database.begin() as session:
        await Idempotency(session).claim(Subject("r.1"), "k", "/issues", "0" * 64, NOON)
    assert await housekeeper(database).forget(at(29, Stale.IDEMPOTENCY_KEYS)) == 0
    assert await housekeeper(database).forget(at(31, Stale.IDEMPOTENCY_KEYS)) == 1


async def test_links_that_ended_go_with_their_codes(database: Database) -> None:
    link = await linked(database, await born(database))
    later = await linked(database, link.number, at=NOON + DAY)
    async with database.begin() as session:
        await ResidentCodes(session).add("c" * 32, link.number, link.id, NOON)
    keys = Stale.IDEMPOTENCY_KEYS
    assert await housekeeper(database).forget(at(14 + 30, keys)) == 0
    over = Batch(of=keys, at=NOON + 44 * DAY + timedelta(hours=1), limit=100)
    assert await housekeeper(database).forget(over) == 1
    async with database.read() as session:
        assert await ResidentLinks(session).of(link.number) == (later,)
        assert await ResidentCodes(session).one("c" * 32) is None


async def test_what_is_personal_about_old_issues_goes(database: Database) -> None:
    await born_in(IssueState.CLOSED, database)
    await born_in(IssueState.HANDLING, database)
    assert await housekeeper(database).forget(at(365, Stale.PERSONAL_DATA)) == 0
    assert await housekeeper(database).forget(at(366, Stale.PERSONAL_DATA)) == 1
    assert await housekeeper(database).forget(at(366, Stale.PERSONAL_DATA)) == 0


async def test_a_round_blanks_more_issues_than_it_locks_at_a_time(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("activities.housekeeper._MOST_ISSUES", 2)
    for _ in range(6):
        await born_in(IssueState.CLOSED, database)
    old = Stale.PERSONAL_DATA
    assert await housekeeper(database).forget(at(366, old, limit=5)) == 5
    assert await housekeeper(database).forget(at(366, old, limit=5)) == 1


async def test_what_is_left_of_signing_in_goes_with_them(database: Database) -> None:
    async with database.begin() as session:
        await Accounts(session, HASHER).add(an_account())
    await opened(database)
    async with database.begin() as session:
        await Attempts(session).begin(HASHER.login("nobody"), NOON)
    assert await housekeeper(database).forget(at(29, Stale.IDEMPOTENCY_KEYS)) == 0
    assert await housekeeper(database).forget(at(32, Stale.IDEMPOTENCY_KEYS)) == 2


async def test_what_cameras_sent_goes_when_it_was_kept_long_enough(database: Database) -> None:
    desk = Desk(database)
    await desk.keys(sorted={}, waiting={})
    async with database.begin() as session:
        await RawMessages(session).settle_sorted([1], NOON)
    assert await housekeeper(database).forget(at(29, Stale.RAW_MESSAGES)) == 0
    assert await housekeeper(database).forget(at(31, Stale.RAW_MESSAGES)) == 1
    assert await desk.states() == ["waiting"]


async def test_what_was_read_of_a_message_outlives_it(database: Database) -> None:
    desk = Desk(database)
    await desk.write(ReferenceKind.ALERT_MAPPING, MAPPING, 0)
    await desk.write(ReferenceKind.ALERT_SOURCE, SOURCE, 0)
    await desk.keys(a={})
    await desk.sorter().drain()
    await housekeeper(database).forget(at(31, Stale.RAW_MESSAGES))
    (event,) = await desk.rows("alert_events")
    assert (event.raw_id, event.fate) == (None, "accepted")


async def test_what_was_read_of_a_message_goes_by_its_own_age(database: Database) -> None:
    desk = Desk(database)
    await desk.write(ReferenceKind.ALERT_SOURCE, SOURCE, 0)
    await desk.keys(a={}, b={})
    await desk.sorter().drain()
    assert await housekeeper(database).forget(at(181, Stale.ALERT_EVENTS)) == 0
    await housekeeper(database).forget(at(31, Stale.RAW_MESSAGES))
    assert await housekeeper(database).forget(at(179, Stale.ALERT_EVENTS)) == 0
    batch = at(181, Stale.ALERT_EVENTS, limit=1)
    assert [await housekeeper(database).forget(batch) for _ in range(3)] == [1, 1, 0]


@pytest.mark.parametrize(("is_done", "gone"), [(True, 1), (False, 0)])
async def test_done_rechecks_go(database: Database, *, is_done: bool, gone: int) -> None:
    number = await furnished(database)
    await taken(database, await issues(database).open(number), dispatched_by_rule())
    async with database.begin() as session:
        await Rechecks(session).ask_for_department(POLICE, "absence")
        if is_done:
            waiting = await Rechecks(session).pending(10)
            await Rechecks(session).done([each.id for each in waiting], NOON)
    assert await housekeeper(database).forget(at(29, Stale.RECHECKS)) == 0
    assert await housekeeper(database).forget(at(31, Stale.RECHECKS)) == gone


async def test_unused_pictures_go_with_their_pixels(database: Database) -> None:
    objects = FrailObjects()
    for digit in "abc":
        await kept(database, an_upload(digit), objects)
    one = housekeeper(database, objects)
    assert await one.forget(at(1, Stale.PICTURES)) == 0
    assert len(objects.names) == 6
    assert await one.forget(at(2, Stale.PICTURES, limit=2)) == 2
    assert await one.forget(at(2, Stale.PICTURES)) == 1
    assert not objects.names


async def test_a_round_forgets_more_pictures_than_it_takes_at_a_time(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("activities.housekeeper._MOST_PICTURES", 2)
    for digit in "abcde":
        await kept(database, an_upload(digit))
    assert await housekeeper(database).forget(at(2, Stale.PICTURES)) == 5


async def test_a_store_that_is_away_fails_the_round_and_loses_nothing(database: Database) -> None:
    objects = FrailObjects()
    await kept(database, an_upload(), objects)
    objects.is_away = True
    with pytest.raises(ObjectsUnreachable):
        await housekeeper(database, objects).forget(at(2, Stale.PICTURES))
    objects.is_away = False
    again = await housekeeper(database, objects).forget(at(2, Stale.PICTURES))
    assert (again, objects.names) == (1, set())


def test_steps_of_issues_are_never_forgotten() -> None:
    assert set(Stale) == {
        "notices",
        "idempotency_keys",
        "rechecks",
        "pictures",
        "raw_messages",
        "alert_events",
        "personal_data",
    }
