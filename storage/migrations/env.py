"""Runs migrations: each in a transaction of its own, none waiting long for a lock.

A migration that cannot get its lock within seconds fails and is run again later; waiting would
queue every other statement on the table behind it.
"""

import asyncio
import os
from logging.config import fileConfig

from alembic import context
from sqlalchemy import Connection, pool
from sqlalchemy.ext.asyncio import create_async_engine

from storage.models import Base

_SETTINGS = {
    "application_name": "dispatch-migrations",
    "timezone": "UTC",
    "lock_timeout": "4s",
    "statement_timeout": "10min",
}
_CONNECT_TIMEOUT = 5.0


def _url() -> str:
    url = os.environ.get("DISPATCH_DATABASE_URL") or context.config.get_main_option(
        "sqlalchemy.url"
    )
    if not url:
        raise SystemExit("DISPATCH_DATABASE_URL is not set")
    return url


def _migrate(connection: Connection | None = None) -> None:
    context.configure(
        connection=connection,
        url=None if connection else _url(),
        target_metadata=Base.metadata,
        compare_type=True,
        compare_server_default=True,
        transaction_per_migration=True,
        literal_binds=connection is None,
        dialect_opts={"paramstyle": "named"},
    )
    with context.begin_transaction():
        context.run_migrations()


async def _migrate_online() -> None:
    engine = create_async_engine(
        _url(),
        poolclass=pool.NullPool,
        connect_args={"server_settings": _SETTINGS, "timeout": _CONNECT_TIMEOUT},
    )
    async with engine.connect() as connection:
        await connection.run_sync(_migrate)
    await engine.dispose()


if context.config.config_file_name is not None:
    fileConfig(context.config.config_file_name, disable_existing_loggers=False)
if context.is_offline_mode():
    _migrate()
else:
    asyncio.run(_migrate_online())
