"""Composition root of the API process: `uvicorn --factory api.main:create_app`."""

from fastapi import FastAPI
from temporalio.service import RetryConfig

from api.app import build_app
from api.auth import Gate
from api.key_sets import KeySet
from api.keys import FixedKey, KeySource
from api.parts import Parts
from observability import logging
from observability.clock import now
from observability.request_id import FromRequest
from settings import Settings
from storage.session import Database
from workflows.connection import connect

_FAIL_FAST = RetryConfig(max_elapsed_time_millis=800, max_retries=3)
"""A server that is gone is told to the caller in less than a second."""


def create_app() -> FastAPI:
    """The API as the environment describes it."""
    settings = Settings()
    logging.configure(json=settings.json_logs, level=settings.log_level)
    return build_app(
        Parts(
            database=Database(
                settings.database_url,
                pool_size=settings.database_pool_size,
                command_timeout=settings.database_timeout,
            ),
            connect=lambda: connect(
                settings.temporal_address,
                settings.temporal_namespace,
                lazy=True,
                retry=_FAIL_FAST,
                interceptors=[FromRequest()],
            ),
            gate=Gate(_keys(settings), settings.jwt_issuer, settings.jwt_audience),
            now=now,
            patience=settings.temporal_timeout,
            max_body_bytes=settings.api_max_body_bytes,
            household_key=_household_key(settings),
        )
    )


def _household_key(settings: Settings) -> bytes | None:
    key = settings.household_key
    return None if key is None else key.get_secret_value().encode()


def _keys(settings: Settings) -> KeySource:
    if settings.jwt_secret is not None:
        return FixedKey.secret(settings.jwt_secret.get_secret_value())
    if settings.jwt_public_key is not None:
        return FixedKey.public(settings.jwt_public_key)
    assert settings.jwt_jwks_url is not None
    return KeySet(settings.jwt_jwks_url, now)
