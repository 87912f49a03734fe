"""What has to be right before a process begins to work."""

import structlog

from storage.session import Database, Faulty, Unreachable, WrongRing

_log = structlog.get_logger(__name__)


async def require_ring(database: Database) -> None:
    """Returns unless the ring is the wrong one; nobody waits here for a database that is down.

    Raises:
        WrongRing: it is; the database is closed.
    """
    try:
        await database.check_ring()
    except (Unreachable, Faulty) as error:
        _log.warning("seal_keys_not_checked", reason=str(error))
    except WrongRing as error:
        _log.error("seal_keys_wrong", reason=str(error))
        await database.close()
        raise
