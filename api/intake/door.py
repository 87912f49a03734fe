"""One message of a camera from its address to its answer: let in, kept durably, answered."""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

import structlog
from starlette.requests import Request

from api.intake.admission import Admission, Admitted
from api.intake.keeping import Keeper
from api.intake.signing import BadSignature, secret_of, signed_id
from api.parts import Parts
from api.peers import Peers
from api.problems import ApiCode, Problem
from domain.alert_source import AlertSource, AuthMode
from intake.adapters.contract import RawMessage, VendorAnswer
from intake.rates import Rates
from intake.reading import view_of
from observability import metrics
from storage.alerts.views import Arrival

log = structlog.get_logger(__name__)

_REPEATS = timedelta(minutes=2)
"""A sender that heard no answer tries again within this; later the same words are news."""
_EVER = datetime(1970, 1, 1, tzinfo=UTC)
_KEPT_HEADERS = frozenset(
    {
        "content-encoding",
        "content-type",
        "user-agent",
        "webhook-id",
        "webhook-timestamp",
        "x-ivm-signature",
        "x-ivm-timestamp",
    }
)
_KEPT_PREFIX = "ce-"
_MOST_HEADERS, _LONGEST_HEADER = 30, 300
_NOBODY = "none"


class Door:
    """Lets messages in; without a single word about why one is not let in."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._peers = Peers(parts.intake.proxies)
        self._rates = Rates(parts.tick)
        self._keeper = Keeper(parts.database)
        self._admission = Admission(parts.database, parts.now, parts.tick)

    async def take(self, adapter: str, token: str, request: Request) -> VendorAnswer:
        """The answer for the sender, once the message cannot be lost any more.

        Raises:
            Problem: `not_found` for everybody who may not send here, `too_large`, a rate that is
                used up, or a signature that does not fit.
        """
        peer = self._peers.of(request.scope)
        admitted = await self._admission.of(token)
        if admitted is None or not _may_send(admitted.source, adapter, peer):
            metrics.RAW_MESSAGES_TOTAL.labels(adapter=_NOBODY, outcome="unknown").inc()
            raise Problem(ApiCode.NOT_FOUND)
        source = admitted.source
        request.state.subject = f"source:{source.code}"
        if adapter not in self._parts.intake.adapters:
            log.error("adapter_missing", source=source.code, adapter=adapter)
            raise Problem(ApiCode.NOT_FOUND)
        self._require_room(source)
        body = await request.body()
        arrival = self._arrival(admitted, request, body, peer)
        is_new = await self._keeper.keep(arrival)
        outcome = "kept" if is_new else "repeated"
        metrics.RAW_MESSAGES_TOTAL.labels(adapter=adapter, outcome=outcome).inc()
        return self._answer(arrival, source)

    def _require_room(self, source: AlertSource) -> None:
        """Senders that drop a message on every 4xx are told that the fault is ours."""
        seconds = self._rates.wait_for(source.code, source.per_minute)
        if not seconds:
            return
        metrics.RAW_MESSAGES_TOTAL.labels(adapter=source.adapter, outcome="limited").inc()
        headers = {"Retry-After": str(seconds)}
        signed = source.auth is AuthMode.STANDARD_WEBHOOKS
        raise Problem(ApiCode.TOO_MANY_MESSAGES if signed else ApiCode.SOURCE_BUSY, headers=headers)

    def _arrival(self, admitted: Admitted, request: Request, body: bytes, peer: str) -> Arrival:
        source, at = admitted.source, self._parts.now()
        digest = hashlib.sha256(body)
        fact, since = f"body:{digest.hexdigest()}", at - _REPEATS
        if source.auth is AuthMode.STANDARD_WEBHOOKS:
            name = self._signed_id(admitted, request, body, at).encode("utf-8", "replace")
            fact, since = f"id:{hashlib.sha256(name).hexdigest()}", _EVER
        return Arrival(
            source=source.code,
            adapter=source.adapter,
            grid=source.grid,
            fact=fact,
            bucket=0 if since is _EVER else int(at.timestamp() // _REPEATS.total_seconds()),
            repeats_since=since,
            body=body,
            sha256=digest.digest(),
            headers=dict(_kept(request.headers)),
            content_type=_clean(request.headers.get("content-type", "")),
            received_at=at,
            purge_after=at + self._parts.intake.keep_raw,
            peer=peer,
        )

    def _signed_id(self, admitted: Admitted, request: Request, body: bytes, at: datetime) -> str:
        key = self._parts.intake.signing_key
        secrets = [secret_of(key, each) for each in admitted.credentials] if key else []
        try:
            return signed_id(request.headers, body, secrets, at)
        except BadSignature as error:
            adapter = admitted.source.adapter
            metrics.RAW_MESSAGES_TOTAL.labels(adapter=adapter, outcome="unsigned").inc()
            log.warning("signature_refused", source=admitted.source.code, why=str(error))
            raise Problem(ApiCode.BAD_SIGNATURE) from error

    def _answer(self, arrival: Arrival, source: AlertSource) -> VendorAnswer:
        """An adapter that breaks on its answer must not make the sender send again for ever."""
        message = RawMessage(
            body=arrival.body,
            received_at=arrival.received_at,
            content_type=arrival.content_type,
            headers=arrival.headers,
        )
        try:
            return self._parts.intake.adapters[source.adapter].answer(message, view_of(source))
        except Exception:
            log.exception("adapter_broke", source=source.code, adapter=source.adapter)
            return VendorAnswer()


def _may_send(source: AlertSource, adapter: str, peer: str) -> bool:
    return source.adapter == adapter and source.hears(peer)


def _kept(headers: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What helps to read the message; never what lets somebody in."""
    kept = [
        (name, value)
        for name, value in headers.items()
        if name in _KEPT_HEADERS or name.startswith(_KEPT_PREFIX)
    ]
    for name, value in kept[:_MOST_HEADERS]:
        yield name[:_LONGEST_HEADER], _clean(value)


def _clean(value: str) -> str:
    cut = value[:_LONGEST_HEADER]
    return cut if cut.isprintable() else "".join(filter(str.isprintable, cut))
