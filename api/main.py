"""Composition root of the API process: `uvicorn --factory api.main:create_app`."""

from datetime import timedelta

from fastapi import FastAPI
from temporalio.service import RetryConfig

from api.app import build_app
from api.auth import Gate
from api.body import Limits
from api.key_sets import KeySet
from api.keys import FixedKey, KeySource
from api.parts import IntakeParts, Parts
from intake.adapters.registry import ADAPTERS
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
            limits=Limits(
                requests=settings.api_max_body_bytes,
                messages=settings.intake_max_body_bytes,
                multipart=settings.intake_max_multipart_bytes,
            ),
            intake=_intake(settings),
        )
    )


def _intake(settings: Settings) -> IntakeParts:
    key = settings.intake_secret
    return IntakeParts(
        adapters=ADAPTERS,
        signing_key=key.get_secret_value().encode() if key is not None else b"",
        proxies=settings.trusted_proxies,
        keep_raw=timedelta(days=settings.keep_raw_days),
    )


def _keys(settings: Settings) -> KeySource:
    if settings.jwt_secret is not None:
        return FixedKey.secret(settings.jwt_secret.get_secret_value())
    if settings.jwt_public_key is not None:
        return FixedKey.public(settings.jwt_public_key)
    assert settings.jwt_jwks_url is not None
    return KeySet(settings.jwt_jwks_url, now)
