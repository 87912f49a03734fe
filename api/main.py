"""Composition root of the API process: `uvicorn --factory api.main:create_app`."""

import time
from datetime import timedelta

from fastapi import FastAPI
from temporalio.service import RetryConfig

from api.app import build_app
from api.auth import Gate
from api.body import Limits
from api.guard import Spans
from api.key_sets import KeySet
from api.keys import FixedKey, KeySource, NoKey
from api.links import Links
from api.pages.forms import form_limit
from api.parts import IntakeParts, Parts
from api.rates import Rates
from api.uploading import Uploads
from api.ways_in.addresses import Addresses
from api.ways_in.oidc import Oidc
from api.ways_in.oidc_pending import Seal
from api.ways_in.oidc_provider import Provider
from api.ways_in.oidc_settings import OidcSettings
from api.ways_in.passwords import Passwords
from api.ways_in.ring import KeyRing
from api.ways_in.sessions import Lifetimes, WaysIn
from api.ways_in.watch import Watch
from api.ways_in.wechat import WeChatWay
from api.ways_in.wechat_client import WeChat
from intake.adapters.registry import ADAPTERS, READS_UP_TO
from intake.pictures.darkroom import Bounds, Darkroom
from observability import logging
from observability.clock import now
from observability.request_id import FromRequest
from settings import Settings
from storage.accounts.hashing import IdentityHasher
from storage.pictures.album import Album
from storage.pictures.objects import objects_in
from storage.session import Database
from workflows.connection import connect

_FAIL_FAST = RetryConfig(max_elapsed_time_millis=800, max_retries=3)
"""A server that is gone is told to the caller in less than a second."""


def create_app() -> FastAPI:
    """The API as the environment describes it."""
    settings = Settings()
    logging.configure(json=settings.json_logs, level=settings.log_level)
    database = Database(
        settings.database_url,
        ring=settings.seal_ring,
        pool_size=settings.database_pool_size,
        command_timeout=settings.database_timeout,
    )
    album = Album(database, objects_in(settings.objects_place), settings.picture_max_unused)
    minutes = timedelta(minutes=settings.picture_link_minutes)
    ways_in = _ways_in(settings)
    return build_app(
        Parts(
            database=database,
            album=album,
            uploads=Uploads(album, _darkroom(settings), now),
            links=Links(settings.picture_link_key, minutes),
            connect=lambda: connect(
                settings.temporal_address,
                settings.temporal_namespace,
                lazy=True,
                retry=_FAIL_FAST,
                interceptors=[FromRequest()],
            ),
            gate=Gate(
                _keys(settings),
                settings.jwt_issuer,
                settings.jwt_audience,
                Watch(ways_in.ring, database, now, time.monotonic),
            ),
            ways_in=ways_in,
            oidc=_oidc(settings, database, ways_in),
            wechat=_wechat(settings, database, ways_in),
            now=now,
            patience=settings.temporal_timeout,
            limits=Limits(
                requests=settings.api_max_body_bytes,
                pictures=settings.picture_max_bytes,
                messages=settings.intake_max_body_bytes,
                multipart=settings.intake_max_multipart_bytes,
                longer=READS_UP_TO,
                forms=form_limit(settings.picture_max_bytes),
            ),
            spans=Spans(answering=settings.api_seconds),
            rates=Rates(
                per_actor=settings.api_per_minute_of_actor,
                per_address=settings.api_per_minute_of_address,
            ),
            origins=settings.api_origins,
            intake=_intake(settings),
            household_key=_household_key(settings),
            link_maker=settings.link_maker,
            audit_keys=settings.audit_keys,
        )
    )


def _wechat(settings: Settings, database: Database, ways_in: WaysIn) -> WeChatWay | None:
    if settings.wechat_appid is None or settings.wechat_secret is None:
        return None
    secret = settings.wechat_secret.get_secret_value()
    return WeChatWay(
        wechat=WeChat(settings.wechat_url, settings.wechat_appid, secret, time.monotonic),
        database=database,
        ways_in=ways_in,
        makes_residents=settings.wechat_makes_residents,
    )


def _intake(settings: Settings) -> IntakeParts:
    key = settings.intake_secret
    return IntakeParts(
        adapters=ADAPTERS,
        signing_key=key.get_secret_value().encode() if key is not None else b"",
        proxies=settings.trusted_proxies,
        keep_raw=timedelta(days=settings.keep_raw_days),
    )


def _darkroom(settings: Settings) -> Darkroom:
    bounds = Bounds(
        pixels=settings.picture_max_pixels,
        memory_bytes=settings.picture_memory_mb * 1024 * 1024,
        processor_seconds=settings.picture_seconds,
    )
    return Darkroom(bounds, settings.picture_processes)


def _household_key(settings: Settings) -> bytes | None:
    key = settings.household_key
    return None if key is None else key.get_secret_value().encode()


def _keys(settings: Settings) -> KeySource:
    if settings.jwt_secret is not None:
        return FixedKey.secret(settings.jwt_secret.get_secret_value())
    if settings.jwt_public_key is not None:
        return FixedKey.public(settings.jwt_public_key)
    if settings.jwt_jwks_url is not None:
        return KeySet(settings.jwt_jwks_url, now)
    return NoKey()


def _ways_in(settings: Settings) -> WaysIn:
    return WaysIn(
        ring=KeyRing.of(settings.session_ring),
        hasher=IdentityHasher(settings.identity_ring),
        passwords=Passwords(),
        addresses=Addresses(settings.sign_in_per_minute, now),
        lifetimes=Lifetimes(
            access=timedelta(minutes=settings.access_minutes),
            idle=timedelta(hours=settings.session_idle_hours),
            longest=timedelta(days=settings.session_days),
        ),
    )


def _oidc(settings: Settings, database: Database, ways_in: WaysIn) -> Oidc | None:
    if settings.oidc is None:
        return None
    said = {**settings.oidc, "client_secret": settings.oidc_client_secret}
    provider = Provider(OidcSettings.model_validate(said), now)
    return Oidc(provider, database, ways_in, Seal.of(settings.session_ring))
