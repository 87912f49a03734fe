"""The worker process: workflows, activities, relay and courier; ends gracefully on SIGTERM."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import httpx
import structlog
from prometheus_client import start_http_server
from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import Worker, WorkerDeploymentConfig
from temporalio.worker.workflow_sandbox import SandboxRestrictions

from activities.channels import LogSender, Sender, WebhookSender
from activities.councils import Councils
from activities.courier import Courier
from activities.housekeeper import Housekeeper
from activities.issues import Issues
from activities.meetings import Meetings
from activities.resident_words import ResidentWords
from activities.upkeep import Stale
from domain.reference import Channel
from intake.adapters.registry import ADAPTERS
from intake.broker import Broker
from intake.catching_up import CatchUp
from intake.conditions import Conditions
from intake.councils import CouncilSchedules
from intake.fetching import Fetcher, addresses_of
from intake.listening import Hearing, Listener
from intake.passing import Passing
from intake.photos import Photos
from intake.pictures.darkroom import Bounds, Darkroom
from intake.pictures.of_alerts import MOST_UNUSED, AlertAlbum
from intake.reconciler import Reconciler
from intake.reconciler_of_meetings import MeetingReconciler
from intake.relay import Relay
from intake.sealing import Sealing
from intake.sorting import Sorter
from intake.watch import Watch
from intake.withdrawing import Withdrawing
from observability import clock, metrics
from observability.logging import configure
from observability.request_id import ToActivity
from settings import Settings
from storage.doorbell import BIRTHS, NOTICES, RAW_MESSAGES, RECHECKS, Doorbell
from storage.pictures.album import Album
from storage.pictures.objects import objects_in
from storage.session import Database
from storage.starting import require_ring
from workflows import contracts
from workflows.connection import connect, ensure_search_attributes
from workflows.council import CouncilWorkflow
from workflows.issue import IssueWorkflow
from workflows.meeting import JointMeetingWorkflow
from workflows.runner import sandbox
from workflows.schedules import Upkeep, ensure_upkeep
from workflows.upkeep import HousekeepingWorkflow, ReconcileInput, ReconcileWorkflow

log = structlog.get_logger(__name__)

GRACE = timedelta(seconds=10)
"""Running activities may finish; an orchestrator's kill delay has to be longer."""

TURNS = 8
"""Workflow tasks at once. They share one interpreter: of the hundred that the SDK would take after
a crash, when every issue has to be replayed, most would outlast their ten seconds and be done over
for nothing, and hardly any would ever get through."""

OFFERED_AGAIN = timedelta(seconds=5)
"""How long Temporal keeps offering an issue to the worker that had it in its cache. After a crash
this is what its people wait for; a worker that is later than this anyway only replays."""


WORKFLOWS: Sequence[type] = (
    IssueWorkflow,
    JointMeetingWorkflow,
    CouncilWorkflow,
    ReconcileWorkflow,
    HousekeepingWorkflow,
)
"""Every workflow of the engine; fingerprints and saved histories are held against them."""


_KNOWN_GOOD = ("domain", "workflows", "activities")
"""Held to be deterministic by tests, replays and import-linter, not by the worker."""


def activities_of(
    database: Database, client: Client, settings: Settings
) -> Sequence[Callable[..., Any]]:
    """Every activity of the engine."""
    issues, meetings = Issues(database, clock.now), Meetings(database, clock.now)
    grace = timedelta(seconds=settings.reconcile_grace_seconds)
    reconciler = Reconciler(database, client, clock.now, grace)
    meeting_reconciler = MeetingReconciler(database, client, clock.now, grace)
    album = Album(database, objects_in(settings.objects_place))
    housekeeper = Housekeeper(
        database,
        album,
        {
            Stale.NOTICES: timedelta(days=settings.keep_notices_days),
            Stale.IDEMPOTENCY_KEYS: timedelta(days=settings.keep_keys_days),
            Stale.RECHECKS: timedelta(days=settings.keep_rechecks_days),
            Stale.RAW_MESSAGES: timedelta(),
            Stale.ALERT_EVENTS: timedelta(days=settings.keep_alerts_days),
            Stale.PERSONAL_DATA: timedelta(days=settings.keep_personal_days),
            Stale.PICTURES: timedelta(hours=settings.keep_unused_pictures_hours),
        },
    )
    return (
        issues.open,
        issues.record,
        meetings.open,
        meetings.record,
        Councils(database).prepare,
        reconciler.check_issues,
        reconciler.check_queues,
        meeting_reconciler.check_meetings,
        housekeeper.forget,
    )


def workflow_worker(
    client: Client, activities: Sequence[Callable[..., Any]], build_id: str | None = None
) -> Worker:
    """The Temporal worker with everything it runs.

    Our modules pass through the sandbox here, and only here: tests keep its guard on. Otherwise
    every new workflow would import them again, a third of all it costs the worker. With a
    `build_id` the worker takes part in worker versioning: running issues move to a new build by
    themselves, once an operator makes it current.
    """
    return Worker(
        client,
        task_queue=contracts.TASK_QUEUE,
        workflows=WORKFLOWS,
        activities=activities,
        workflow_runner=sandbox(
            SandboxRestrictions.default.with_passthrough_modules(*_KNOWN_GOOD),
            client.data_converter,
        ),
        interceptors=[ToActivity()],
        max_concurrent_workflow_tasks=TURNS,
        sticky_queue_schedule_to_start_timeout=OFFERED_AGAIN,
        graceful_shutdown_timeout=GRACE,
        deployment_config=_deployment(build_id) if build_id else None,
    )


def _deployment(build_id: str) -> WorkerDeploymentConfig:
    return WorkerDeploymentConfig(
        version=WorkerDeploymentVersion(deployment_name=contracts.TASK_QUEUE, build_id=build_id),
        use_worker_versioning=True,
        default_versioning_behavior=VersioningBehavior.AUTO_UPGRADE,
    )


async def run(settings: Settings, stopping: asyncio.Event) -> None:
    """Work until `stopping` is set."""
    database = Database(
        settings.database_url,
        ring=settings.seal_ring,
        pool_size=settings.database_pool_size,
        command_timeout=settings.database_timeout,
    )
    await require_ring(database)
    client = await connect(settings.temporal_address, settings.temporal_namespace)
    await ensure_search_attributes(client)
    await ensure_upkeep(client, _upkeep(settings))
    async with (
        _closed_at_the_end(database),
        httpx.AsyncClient() as http,
        Doorbell(settings.database_url, [BIRTHS, RECHECKS]) as births_bell,
        Doorbell(settings.database_url, [NOTICES]) as notices_bell,
        Doorbell(settings.database_url, [RAW_MESSAGES]) as cameras_bell,
        workflow_worker(client, activities_of(database, client, settings), settings.build_id),
        asyncio.TaskGroup() as tasks,
    ):
        fetcher = Fetcher(ours=await addresses_of(settings.servers))
        words = ResidentWords(settings.link_maker)
        courier = Courier(database, _senders(http, settings), clock.now, words)
        sorter = Sorter(database, ADAPTERS, Conditions(database, clock.now), clock.now)
        loops = (
            Relay(database, client, clock.now).run(births_bell.wait, stopping),
            courier.run(notices_bell.wait, stopping),
            sorter.run(cameras_bell.wait, stopping),
            Watch(database, clock.now).run(stopping),
            Passing(database, clock.now).run(stopping),
            Withdrawing(database, client, clock.now).run(stopping),
            CouncilSchedules(database, client).run(stopping),
            _photos(database, settings, fetcher).run(stopping),
            *(sealing.run(stopping) for sealing in _sealings(database, settings)),
            *(listener.run(stopping) for listener in _listeners(database, settings, fetcher)),
        )
        for loop in loops:
            tasks.create_task(loop)
        log.info("worker_started", task_queue=contracts.TASK_QUEUE)
        await stopping.wait()
        log.info("worker_stopping")


def _senders(http: httpx.AsyncClient, settings: Settings) -> Mapping[Channel, Sender]:
    senders: dict[Channel, Sender] = {Channel.LOG: LogSender()}
    if settings.webhook_secret is not None:
        secret = settings.webhook_secret.get_secret_value().encode()
        senders[Channel.WEBHOOK] = WebhookSender(http, secret, settings.webhook_hosts)
    return senders


def _photos(database: Database, settings: Settings, fetcher: Fetcher) -> Photos:
    bounds = Bounds(
        pixels=settings.picture_max_pixels,
        memory_bytes=settings.picture_memory_mb * 1024 * 1024,
        processor_seconds=settings.picture_seconds,
    )
    album = Album(database, objects_in(settings.objects_place), MOST_UNUSED)
    pictures = AlertAlbum(album, Darkroom(bounds, settings.picture_processes))
    return Photos(database, ADAPTERS, fetcher, pictures, clock.now)


def _listeners(database: Database, settings: Settings, fetcher: Fetcher) -> Iterator[Listener]:
    """One, if there is a broker."""
    if settings.mqtt_host is None:
        return
    password = settings.mqtt_password
    broker = Broker(
        host=settings.mqtt_host,
        port=settings.mqtt_port,
        username=settings.mqtt_username,
        password=password.get_secret_value() if password is not None else None,
        client_id=settings.mqtt_client_id,
        tls=settings.mqtt_tls,
        ca_file=settings.mqtt_ca_file,
    )
    keep_raw = timedelta(days=settings.keep_raw_days)
    hearing = Hearing(
        keep_raw=keep_raw,
        most_bytes=settings.intake_max_multipart_bytes,
        catch_up=CatchUp(database, fetcher, clock.now, keep_raw),
    )
    yield Listener.of(database, settings.database_url, broker, clock.now, hearing)


def _sealings(database: Database, settings: Settings) -> Iterator[Sealing]:
    """One, if there is a key to chain the audit log with."""
    if settings.audit_keys is None:
        log.warning("audit_log_not_chained", missing="DISPATCH_AUDIT_KEY")
        return
    yield Sealing(database, settings.audit_keys, clock.now)


def _upkeep(settings: Settings) -> Upkeep:
    return Upkeep(
        reconcile_every=timedelta(minutes=settings.reconcile_every_minutes),
        reconcile=ReconcileInput(page=settings.reconcile_page),
    )


@contextlib.asynccontextmanager
async def _closed_at_the_end(database: Database) -> AsyncIterator[None]:
    try:
        yield
    finally:
        await database.close()


async def main() -> None:
    """Read the settings, serve the metrics, stop on SIGTERM or SIGINT."""
    settings = Settings()
    configure(json=settings.json_logs, level=settings.log_level)
    start_http_server(settings.worker_metrics_port, settings.worker_metrics_host, metrics.REGISTRY)
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stopping.set)
    await run(settings, stopping)


if __name__ == "__main__":
    code = 0
    try:
        asyncio.run(main())
    except Exception:
        log.exception("worker_failed")
        code = 1
    # The SDK's threads can abort the interpreter while it is torn down; there is nothing left
    # to tear down.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
