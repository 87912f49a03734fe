"""What time it is where an issue is."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from domain.ids import CalendarCode, DistrictCode, GridCode
from domain.reference import District, ReferenceKind
from storage.session import Database
from storage.zones import Zones
from tests.activities.desk import written
from tests.domain.calendars import SHANGHAI, china_definition
from tests.storage.stories import born

K = ReferenceKind


async def placed(database: Database, district: str, zone: str | None) -> None:
    calendar = CalendarCode(f"calendar_{district}")
    body = District(
        code=DistrictCode(district),
        name="县",
        name_en="County",
        grid=GridCode(district),
        calendar=calendar,
        prefix=district.upper(),
    )
    await written(database, K.DISTRICT, body)
    if zone is not None:
        definition = replace(china_definition(), code=calendar, zone=zone)
        await written(database, K.CALENDAR, definition)


async def test_every_issue_has_the_zone_of_its_own_district(database: Database) -> None:
    await placed(database, "east", "Asia/Shanghai")
    await placed(database, "west", "Asia/Urumqi")
    await placed(database, "lost", None)
    numbers = {
        district: await born(database, prefix=district.upper(), district=DistrictCode(district))
        for district in ("east", "west", "lost")
    }
    async with database.read() as session:
        zones = await Zones(session).of_issues([*numbers.values()])
    assert zones == {numbers["east"]: SHANGHAI, numbers["west"]: ZoneInfo("Asia/Urumqi")}
