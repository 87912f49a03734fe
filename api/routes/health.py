"""Whether the process lives, whether it can do its work, and its metrics."""

from collections.abc import Awaitable

import structlog
from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel
from temporalio.service import RPCError

from api.dependencies import EngineOf, PartsOf
from api.documentation import ALWAYS, responses
from observability.metrics import REGISTRY
from storage.session import Faulty, Unreachable

log = structlog.get_logger(__name__)
router = APIRouter(tags=["operation"])
_UNAVAILABLE = 503


class Health(BaseModel):
    """Each check by name; True when all is well."""

    ok: bool
    checks: dict[str, bool] = {}


@router.get("/healthz", summary="Is the process alive", responses=responses(ALWAYS))
async def healthz() -> Health:
    """Answers as long as the process does; asks nobody else."""
    return Health(ok=True)


@router.get(
    "/readyz",
    summary="Can it do all its work",
    responses={**responses(ALWAYS), _UNAVAILABLE: {"model": Health, "description": "Not all."}},
)
async def readyz(parts: PartsOf, engine: EngineOf, response: Response) -> Health:
    """Database, its seal keys, Temporal, workers. The first two are enough to raise issues."""
    checks = {
        "database": await _passes(parts.database.ping()),
        "seal": await _passes(parts.database.check_ring()),
        "temporal": await _passes(engine.check()),
        "workers": await _passes(_some_worker(engine, parts)),
    }
    if not all(checks.values()):
        response.status_code = _UNAVAILABLE
    return Health(ok=all(checks.values()), checks=checks)


async def _some_worker(engine: EngineOf, parts: PartsOf) -> None:
    if await engine.workers(parts.now()) == 0:
        raise RuntimeError("no worker polls the task queue")


async def _passes(check: Awaitable[None]) -> bool:
    try:
        await check
    except (Unreachable, Faulty, RPCError, RuntimeError, OSError, TimeoutError) as error:
        log.debug("check_failed", error=type(error).__name__, reason=str(error))
        return False
    return True


@router.get(
    "/metrics", summary="Metrics of this process", response_class=Response, include_in_schema=False
)
async def metrics() -> Response:
    """Prometheus text."""
    return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)
