"""What a vendor said besides its alerts goes when their issue is blanked, and no other's."""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import insert, text

from storage.blanking import Blanking
from storage.models import AlertPictureRow
from storage.session import Database
from tests.builders import NOON
from tests.intake.camera_desk import Desk
from tests.storage.stories import born
from tests.storage.test_alert_conditions import a_condition, kept
from tests.storage.test_alert_forgetting import KEY, OVER, outlived

PLATE: Mapping[str, object] = {"attributes": {"plate": "川A12345"}}
HOUR = timedelta(hours=1)


async def with_attributes(desk: Desk) -> list[str]:
    return [row.delivery_key for row in await desk.rows("alert_events") if row.attributes_sealed]


async def test_a_blanked_issue_takes_along_what_its_alerts_said(database: Database) -> None:
    number, earlier, other = await born(database), await born(database), await born(database)
    await kept(database, a_condition(**OVER, first_seen=NOON - HOUR, issue=earlier))
    mine = await kept(database, a_condition(**OVER, issue=number))
    key = KEY._replace(zone="bay")
    await kept(database, a_condition(**OVER | {"key": key}, issue=other))
    desk = await outlived(
        database, a=PLATE, b={**PLATE, "zone": "bay"}, c={**PLATE, "camera": "lane"}
    )
    assert await with_attributes(desk) == ["a", "b", "c"]
    async with database.begin() as session:
        await Blanking(session).blank(earlier, NOON)
    assert await with_attributes(desk) == ["a", "b", "c"], "it had been followed by the next"
    async with database.begin() as session:
        await session.execute(text('UPDATE alert_events SET attributes = \'{"plate": "x"}\''))
        await Blanking(session).blank(number, NOON)
    assert await with_attributes(desk) == ["b", "c"]
    [row, *_] = await desk.rows("alert_events")
    assert (row.delivery_key, row.attributes) == ("a", "{}")
    pictured = [each.id for each in await desk.rows("alert_events")][-1]
    async with database.begin() as session:
        hung = {"event_id": pictured, "condition_id": mine, "ordinal": 0, "next_at": NOON}
        await session.execute(insert(AlertPictureRow).values(hung))
        await Blanking(session).blank(number, NOON)
    assert await with_attributes(desk) == ["b"]
