"""The one statement that keeps messages, and what is said in it of each."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ARRAY, LargeBinary, Select, Text, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP, insert
from sqlalchemy.types import TypeEngine

from storage import codec
from storage.alerts.views import Arrival
from storage.doorbell import RAW_MESSAGES
from storage.models import RawMessageRow
from storage.sealing.cipher import Place
from storage.sealing.seals import Sealer

_KEPT = (
    "source",
    "adapter",
    "grid",
    "fingerprint",
    "body",
    "body_sealed",
    "sha256",
    "headers",
    "content_type",
    "topic",
    "peer",
    "received_at",
    "next_at",
    "purge_after",
)
_GIVEN = (*_KEPT, "from_", "below", "since")
"""And where the repeats of each would lie."""
_INSTANT = TIMESTAMP(timezone=True)
_TYPES: dict[str, TypeEngine[Any]] = {
    "body": LargeBinary(),
    "body_sealed": LargeBinary(),
    "sha256": LargeBinary(),
    **dict.fromkeys(("received_at", "next_at", "purge_after", "since"), _INSTANT),
}
_SEPARATOR, _PAST_SEPARATOR = ".", "/"


def _keep() -> Select[*tuple[Any, ...]]:
    """Inserts those whose fact did not come since; rings, and says which were new.

    Repeats are looked up one by one through the index and never as a join: a plan made while the
    table was small would go on reading all of it.
    """
    lists = [bindparam(f"_{name}", type_=ARRAY(_TYPES.get(name, Text()))) for name in _GIVEN]
    given = func.unnest(*lists).table_valued(*_GIVEN).render_derived("given").c
    repeat = (
        select(RawMessageRow.id)
        .where(
            RawMessageRow.source == given.source,
            RawMessageRow.fingerprint >= given.from_,
            RawMessageRow.fingerprint < given.below,
            RawMessageRow.received_at > given.since,
        )
        .limit(1)
        .scalar_subquery()
    )
    wanted = [cast(given[name], JSONB) if name == "headers" else given[name] for name in _KEPT]
    kept = (
        insert(RawMessageRow)
        .from_select(list(_KEPT), select(*wanted).where(repeat.is_(None)))
        .on_conflict_do_nothing(index_elements=["source", "fingerprint"])
        .returning(RawMessageRow.id, RawMessageRow.source, RawMessageRow.fingerprint)
        .cte("kept")
    )
    return select(kept, func.pg_notify(RAW_MESSAGES, ""))


KEEP = _keep()  # once: building it costs more than running it


def body_place(source: str, fingerprint: str) -> Place:
    """By its name, as it is sealed before it has a number."""
    return Place("raw_messages", "body", f"{source}/{fingerprint}")


def name_of(arrival: Arrival) -> tuple[str, str]:
    return arrival.source, f"{arrival.fact}{_SEPARATOR}{arrival.bucket}"


def rounds(arrivals: Sequence[Arrival]) -> Iterator[list[int]]:
    """Their places, in the order in which they came, which is that of their ids.

    What is one fact goes into different rounds, as a statement does not see its own rows.
    """
    left = list(range(len(arrivals)))
    while left:
        first: dict[tuple[str, str], int] = {}
        for place in left:
            first.setdefault((arrivals[place].source, arrivals[place].fact), place)
        chosen = set(first.values())
        yield sorted(chosen)
        left = [place for place in left if place not in chosen]


def values(arrivals: Sequence[Arrival], sealer: Sealer) -> dict[str, list[object]]:
    plain = {f"_{name}": [getattr(each, name, None) for each in arrivals] for name in _KEPT}
    return plain | {
        "_fingerprint": [name_of(each)[1] for each in arrivals],
        "_body": [b""] * len(arrivals),
        "_body_sealed": [sealer.data(body_place(*name_of(each)), each.body) for each in arrivals],
        "_headers": [codec.text(codec.ANYTHING, dict(each.headers)) for each in arrivals],
        "_next_at": [each.received_at for each in arrivals],
        "_from_": [f"{each.fact}{_SEPARATOR}" for each in arrivals],
        "_below": [f"{each.fact}{_PAST_SEPARATOR}" for each in arrivals],
        "_since": [each.repeats_since for each in arrivals],
    }
