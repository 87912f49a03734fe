"""All tables of a database as text, as somebody reads them who took a backup."""

from sqlalchemy import text

from storage.session import Database

_TABLES = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"


async def dumped(database: Database) -> str:
    """Every row of every table; bytes both as they are printed and as the letters they spell."""
    lines: list[str] = []
    async with database.read() as session:
        for name in (await session.execute(text(_TABLES))).scalars().all():
            for row in await session.execute(text(f'SELECT * FROM "{name}"')):
                lines += [_spelled(value) for value in row]
    return "\n".join(lines)


def _spelled(value: object) -> str:
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("utf-8", "replace")
    return str(value)
