"""Whether the chain is whole, and every row it holds is there as it was recorded."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select

from storage.audit.canonical import NOTHING, Keyring, digest
from storage.audit.links import Link, Links, LinkSource
from storage.audit.rows import ENTRIES, SOURCES, Source
from storage.audit.sealing import SWEPT_AGAIN
from storage.audit.verdicts import Anchor, Fault, Found, Verdict
from storage.models import AuditMarkRow
from storage.session import Session

PAGE = 1_000


@dataclass(frozen=True, slots=True)
class Verifier:
    """Reads the chain in an open transaction, page by page, and stops at the first bad entry."""

    session: Session
    keys: Keyring

    async def newest(self, count: int) -> Verdict:
        """The last links and what they hold."""
        head = await Links(self.session).head()
        if head is None:
            return Verdict()
        return await self._walk(await Links(self.session).at(head.seq - count), None)

    async def whole(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        anchors: Iterable[Anchor] = (),
    ) -> Verdict:
        """All links that were sealed between the instants; anchors; and what waits."""
        before = await Links(self.session).before(since) if since is not None else None
        verdict = await self._walk(before, until)
        for check in (self._anchored(anchors), self._waiting()):
            found = await check
            if verdict.found is None and found is not None:
                verdict = replace(verdict, found=found)
        return await self._with_waiting(verdict)

    async def _walk(self, before: Link | None, until: datetime | None) -> Verdict:
        links, last, verdict = Links(self.session), before, Verdict(head=before)
        closed = await self._closed_up_to()
        while page := await links.after(last.seq if last else 0, PAGE):
            page = tuple(each for each in page if until is None or each.sealed_at <= until)
            found, last = self._chained(page, last)
            good = [each for each in page if last and each.seq <= last.seq]
            rows = await self._rows(good, closed)
            found = _first(found, rows.found)
            verdict = replace(
                verdict,
                links=verdict.links + len(good),
                rows=verdict.rows + rows.rows,
                closed_off=verdict.closed_off + rows.closed_off,
                head=last,
                found=found,
            )
            if found is not None or len(page) < PAGE:
                break
        return verdict

    def _chained(
        self, page: tuple[Link, ...], last: Link | None
    ) -> tuple[Found | None, Link | None]:
        """The first link that does not follow, and the last one that does."""
        for link in page:
            fault = _fault_of(link, last, self.keys)
            if fault is not None:
                return Found(fault=fault, seq=link.seq, source=link.source, key=link.key), last
            last = link
        return None, last

    async def _rows(self, page: list[Link], closed: int) -> Verdict:
        """Whether what the links hold is there, unchanged."""
        present = await self._digests(page)
        rows, gone = 0, 0
        for link in page:
            if link.source is LinkSource.CHECKPOINT:
                fault = None if await self._is_true(link) else Fault.CHECKPOINT_FORGED
            else:
                fault = _row_fault(link, present.get((link.source, link.key)), closed)
                missing = (link.source, link.key) not in present
                rows, gone = rows + (not missing), gone + missing
            if fault is not None:
                told = Found(fault=fault, seq=link.seq, source=link.source, key=link.key)
                return Verdict(rows=rows, closed_off=gone, found=told)
        return Verdict(rows=rows, closed_off=gone)

    async def _digests(self, page: list[Link]) -> Mapping[tuple[LinkSource, str], bytes]:
        keys: dict[LinkSource, list[str]] = defaultdict(list)
        for link in page:
            if link.source is not LinkSource.CHECKPOINT:
                keys[link.source].append(link.key)
        found: dict[tuple[LinkSource, str], bytes] = {}
        for name, wanted in keys.items():
            source = SOURCES[name]
            rows = await self.session.execute(source.rows.where(source.are(wanted)))
            sealable = (source.sealable(row) for row in rows)
            found |= {(each.source, each.key): each.digest for each in sealable}
        return found

    async def _closed_up_to(self) -> int:
        """Forged checkpoints are found on the way: they are links as well."""
        return max((int(each.key) for each in await Links(self.session).checkpoints()), default=0)

    async def _is_true(self, checkpoint: Link) -> bool:
        covered = await Links(self.session).at(int(checkpoint.key))
        return covered is not None and checkpoint.digest == closing_digest(covered)

    async def _anchored(self, anchors: Iterable[Anchor]) -> Found | None:
        for anchor in anchors:
            link = await Links(self.session).at(anchor.seq)
            if link is None:
                return Found(fault=Fault.TAIL_MISSING, seq=anchor.seq)
            if link.hash.hex() != anchor.hash:
                return Found(fault=Fault.ANCHOR_DIFFERS, seq=anchor.seq)
        return None

    async def _waiting(self) -> Found | None:
        """A row that is not chained though its time for that is long over."""
        marks = await self.session.execute(select(AuditMarkRow.__table__))
        for mark in marks.all():
            source = SOURCES[LinkSource(mark.source)]
            late = source.recorded_at < mark.recorded_at - SWEPT_AGAIN
            found = source.rows.where(~source.is_linked, late).order_by(source.recorded_at).limit(1)
            row = (await self.session.execute(found)).one_or_none()
            if row is not None:
                return Found(fault=Fault.SLIPPED_IN, source=source.name, key=row.link_key)
        return None

    async def _with_waiting(self, verdict: Verdict) -> Verdict:
        waiting, oldest = 0, verdict.oldest_unsealed
        for source in SOURCES.values():
            count, first = await self._unsealed(source)
            waiting += count
            if first is not None and (oldest is None or first < oldest):
                oldest = first
        return replace(verdict, unsealed=waiting, oldest_unsealed=oldest)

    async def _unsealed(self, source: Source) -> tuple[int, datetime | None]:
        found = select(func.count(), func.min(source.recorded_at)).where(~source.is_linked)
        row = (await self.session.execute(found.select_from(source.table))).one()
        return row[0], row[1]


def closing_digest(covered: Link) -> bytes:
    """What a checkpoint says of the last link it covers."""
    return digest(LinkSource.CHECKPOINT, covered.seq, covered.hash)


def _fault_of(link: Link, last: Link | None, keys: Keyring) -> Fault | None:
    if link.seq != (last.seq + 1 if last else 1):
        return Fault.LINK_MISSING
    if link.previous != (last.hash if last else NOTHING):
        return Fault.CHAIN_BROKEN
    expected = link.hash_under(keys)
    if expected is None:
        return Fault.KEY_UNKNOWN
    return None if expected == link.hash else Fault.LINK_FORGED


def _row_fault(link: Link, present: bytes | None, closed: int) -> Fault | None:
    if present is None:
        let_go = link.source is ENTRIES.name and link.seq <= closed
        return None if let_go else Fault.ROW_MISSING
    return None if present == link.digest else Fault.ROW_CHANGED


def _first(*found: Found | None) -> Found | None:
    """Of two the one that stands earlier in the chain."""
    known = [each for each in found if each is not None]
    return min(known, key=lambda each: each.seq or 0, default=None)
