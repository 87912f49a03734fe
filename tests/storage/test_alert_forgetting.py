"""What was read of messages goes by age, unless something that goes on hangs on it."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from sqlalchemy import insert, text, update

from domain.alert import AlertKind
from domain.alerts.condition import ConditionKey
from domain.alerts.words import ConditionState
from domain.ids import CameraRef
from domain.reference import ReferenceKind
from storage.alerts.forgetting import forget_events
from storage.models import AlertPictureRow, PictureRow
from storage.session import Database
from tests.builders import COUNTY, GRID, NOON
from tests.intake.camera_desk import MAPPING, SOURCE, Desk
from tests.storage.stories import born
from tests.storage.test_alert_conditions import a_condition, kept

DAY = timedelta(days=1)
KEY = ConditionKey(COUNTY, CameraRef("gate"), None, AlertKind.ILLEGAL_PARKING, source=SOURCE.code)
A_PICTURE = {
    "id": "a" * 32,
    "uploaded_by": "box",
    "key": "k",
    "uploaded_at": NOON,
    "sha256": "0" * 64,
    "original_bytes": 1,
    "width": 1,
    "height": 1,
    "stored_at": NOON,
}
OVER = {"key": KEY, "state": ConditionState.CLOSED}


async def outlived(database: Database, **said: Mapping[str, object]) -> Desk:
    """Alerts whose messages are gone."""
    desk = Desk(database)
    await desk.write(ReferenceKind.ALERT_MAPPING, MAPPING, 0)
    await desk.write(ReferenceKind.ALERT_SOURCE, SOURCE, 0)
    await desk.keys(**{key: dict(each) for key, each in (said or {"a": {}}).items()})
    await desk.sorter().drain()
    async with database.begin() as session:
        await session.execute(text("DELETE FROM raw_messages"))
    return desk


async def forgotten(database: Database) -> int:
    async with database.begin() as session:
        return await forget_events(session, NOON + DAY, 100)


async def test_alerts_of_what_is_over_go(database: Database) -> None:
    number = await born(database)
    over = a_condition(**OVER, issue=number, issue_ended_at=NOON + DAY)
    await kept(database, over)
    desk = await outlived(database)
    assert await forgotten(database) == 1
    assert not await desk.rows("alert_events")


@pytest.mark.parametrize(
    "state", [state for state in ConditionState if state is not ConditionState.CLOSED]
)
async def test_alerts_of_a_condition_that_is_not_closed_stay(
    database: Database, state: ConditionState
) -> None:
    await kept(database, a_condition(**OVER | {"state": state}))
    await outlived(database)
    assert await forgotten(database) == 0


async def test_alerts_of_an_issue_that_runs_stay_though_nothing_is_seen(database: Database) -> None:
    await kept(database, a_condition(**OVER, issue=await born(database)))
    await outlived(database)
    assert await forgotten(database) == 0


async def test_alerts_of_other_keys_and_of_what_was_before_go(database: Database) -> None:
    running = OVER | {"state": ConditionState.OPEN}
    await kept(database, a_condition(**running, first_seen=NOON + timedelta(seconds=1)))
    await kept(database, a_condition(**running | {"key": KEY._replace(zone="bay")}))
    elsewhere = {"key": KEY._replace(community=GRID, source="other")}
    await kept(database, a_condition(**running | elsewhere))
    await outlived(database, a={}, b={"camera": "lane"}, c={"vendor_type": "ELSE"})
    assert await forgotten(database) == 3


async def test_an_alert_whose_picture_hangs_stays_until_it_is_erased(
    database: Database,
) -> None:
    desk = await outlived(database, a={}, b={})
    hung, loose = [row.id for row in await desk.rows("alert_events")]
    pictures = [{"event_id": each, "ordinal": 0, "next_at": NOON} for each in (hung, loose)]
    async with database.begin() as session:
        await session.execute(insert(AlertPictureRow), pictures)
        of_hung = update(AlertPictureRow).where(AlertPictureRow.event_id == hung)
        stored = {"state": "stored", "picture": A_PICTURE["id"], "next_at": None, "hung_at": NOON}
        await session.execute(of_hung.values(**stored))
    assert await forgotten(database) == 1
    assert [row.event_id for row in await desk.rows("alert_pictures")] == [hung]
    async with database.begin() as session:
        await session.execute(insert(PictureRow).values(A_PICTURE))
    assert await forgotten(database) == 0
    async with database.begin() as session:
        await session.execute(update(PictureRow).values(erased_at=NOON))
    assert await forgotten(database) == 1
