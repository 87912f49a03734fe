"""Upkeep of what is sealed at rest, beside a running product: see docs/runbooks/seal-keys.md.

`python -m deploy.seal new-key`                       a fresh key, for `DISPATCH_SEAL_KEYS`
`python -m deploy.seal status`                        data keys, and how much lies open
`python -m deploy.seal backfill`                      seals what lies open from before
`python -m deploy.seal rotate [--reseal]`             data keys (and values) under the present key
`python -m deploy.seal destroy --before 2025-01`      ends the keys of months nothing needs

Settings are read from the environment as by the product's processes, or from a local engine's home
with `--home var/local`. Everything can be interrupted and run again.
"""

import argparse
import asyncio
import os
import re
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

from deploy.local.product import Product
from observability import clock
from settings import Settings
from storage.pictures.objects import ObjectsUnreachable, objects_in
from storage.resealing.backfill import OPEN, backfill, count_open
from storage.resealing.columns import COLUMNS
from storage.resealing.keys import InUse, TooRecent, destroy, kept_keys, rewrap
from storage.resealing.pixels import lock_pictures
from storage.resealing.renewal import reseal
from storage.sealing.cipher import Unopenable
from storage.sealing.ring import new_key
from storage.session import Database, Faulty, Unreachable

_PATIENCE = 60.0
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
Command = Callable[[Database, Settings, argparse.Namespace], Awaitable[None]]


async def show(database: Database, settings: Settings, _: argparse.Namespace) -> None:
    """Every data key, and how many rows of each table lie open."""
    async with database.read() as session:
        for key in await kept_keys(session):
            state = "destroyed" if key.destroyed_at else f"wrapped by {key.wrapped_by}"
            print(f"{key.id:>5} {key.purpose:<6} {key.period or '-':<8} {state}")
        for what in OPEN:
            print(f"{await count_open(session, what):>9} open in {what.row.__tablename__}")
    print(f"The ring: {settings.seal_ring!r}")


async def seal_open(database: Database, settings: Settings, _: argparse.Namespace) -> None:
    """All that lies open, pictures too."""
    for what in OPEN:
        print(f"{await backfill(database, what):>9} sealed in {what.row.__tablename__}")
    locked = await lock_pictures(database, objects_in(settings.objects_place))
    print(f"{locked:>9} pictures locked")


async def rotate(database: Database, settings: Settings, given: argparse.Namespace) -> None:
    """Data keys under the first key of the ring; with `--reseal` values under this month's."""
    async with database.begin() as session:
        wrapped = await rewrap(session, settings.seal_ring)
    print(f"{wrapped:>9} data keys wrapped by the first of the ring")
    for column in COLUMNS if given.reseal else ():
        done = await reseal(database, column)
        print(f"{done:>9} sealed anew in {column.row.__tablename__}.{column.name}")


async def end_keys(database: Database, _: Settings, given: argparse.Namespace) -> None:
    """Keys of months before one, which is not later than last month, if nothing needs them."""
    async with database.begin() as session:
        gone = await destroy(session, given.before, clock.now())
    print(f"Destroyed: {', '.join(gone) or 'none'}")


_COMMANDS: Mapping[str, Command] = {
    "status": show,
    "backfill": seal_open,
    "rotate": rotate,
    "destroy": end_keys,
}


async def _run(given: argparse.Namespace) -> None:
    settings = Settings()
    database = Database(
        settings.database_url, ring=settings.seal_ring, pool_size=2, command_timeout=_PATIENCE
    )
    try:
        await _COMMANDS[given.command](database, settings, given)
    finally:
        await database.close()


def _month(word: str) -> str:
    if not _MONTH.fullmatch(word):
        raise argparse.ArgumentTypeError(f"{word}: a month is written 2025-01")
    return word


def _parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m deploy.seal", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--home", type=Path, help="of a local engine, instead of the environment")
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("new-key", *_COMMANDS):
        command = commands.add_parser(name)
        if name == "rotate":
            command.add_argument("--reseal", action="store_true", help="values as well")
        if name == "destroy":
            command.add_argument("--before", type=_month, required=True, metavar="YYYY-MM")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Does it and says how much; a failure is told in words."""
    given = _parsed(arguments)
    if given.command == "new-key":
        print(new_key())
        return 0
    if given.home is not None:
        os.environ.update(Product.at(given.home).environment())
    try:
        asyncio.run(_run(given))
    except (InUse, TooRecent, ObjectsUnreachable, Unopenable, Unreachable, Faulty) as failure:
        print(f"{type(failure).__name__}: {failure}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
