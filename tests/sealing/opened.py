"""Bodies of raw messages, as whoever holds the ring reads them."""

from sqlalchemy import text

from storage.alerts.raw_messages import bodies_of
from storage.session import Database


async def raw_bodies(database: Database) -> list[bytes]:
    """Of all messages, in the order they came."""
    async with database.read() as session:
        rows = (await session.execute(text("SELECT * FROM raw_messages ORDER BY id"))).all()
        return [bytes(each) for each in await bodies_of(session, rows)]
