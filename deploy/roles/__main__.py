"""`python -m deploy.roles`: makes the product's two roles in its database, or mends their rights.

Told by the environment, because a command line can be read by everybody on the machine:
DISPATCH_ADMIN_DATABASE_URL, of somebody who may make roles, and DISPATCH_OWNER_PASSWORD and
DISPATCH_APP_PASSWORD; a password that is not given stays as it is.
"""

import asyncio
import os
import sys
from pathlib import Path

import asyncpg

SCRIPT = Path(__file__).parent / "roles.sql"
_TIMEOUT = 30.0
_BUSY = "Somebody was working in a table; nothing was changed. Try again in a quiet minute."
_TOLD = "SELECT set_config($1, $2, false)"


def main() -> int:
    """0 when the roles are as the script says; a failure is told in words, without a trace."""
    url = os.environ.get("DISPATCH_ADMIN_DATABASE_URL", "")
    if not url:
        print("DISPATCH_ADMIN_DATABASE_URL is not set", file=sys.stderr)
        return 2
    try:
        asyncio.run(_make(url.replace("postgresql+asyncpg", "postgresql", 1)))
    except asyncpg.LockNotAvailableError as failure:
        print(f"The roles were not made: {failure}. {_BUSY}", file=sys.stderr)
        return 1
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as failure:
        print(f"The roles were not made: {failure}", file=sys.stderr)
        return 1
    return 0


async def _make(url: str) -> None:
    """All of it or nothing."""
    connection = await asyncpg.connect(url, timeout=_TIMEOUT, command_timeout=_TIMEOUT)
    try:
        async with connection.transaction():
            for role in ("owner", "app"):
                password = os.environ.get(f"DISPATCH_{role.upper()}_PASSWORD", "")
                await connection.execute(_TOLD, f"dispatch.{role}_password", password)
            await connection.execute(SCRIPT.read_text(encoding="utf-8"))
    finally:
        await connection.close()


if __name__ == "__main__":
    sys.exit(main())
