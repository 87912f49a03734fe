"""An export of the audit log as lines: a signed head, the entries, a signed end.

The head says where the chain stood; the end has the SHA-256 of all bytes before it. Both are
signed with the key of the chain, so a file is checked without the database. Its entries are those
up to the link of the head: what is not chained yet, as of the newest seconds, is not in it.
"""

import csv
import hashlib
import hmac
import io
import json
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

from storage.audit.canonical import Keyring, canonical
from storage.audit.links import Link, Links
from storage.audit.queries import AuditFilter, AuditLine, AuditQueries
from storage.session import Database

_PAGE = 500
_COLUMNS = tuple(each.name for each in fields(AuditLine))
_FORMULA = ("=", "+", "-", "@")
_COMMENT = "#"


class ExportFormat(StrEnum):
    """How the entries of an export are written."""

    NDJSON = "ndjson"
    CSV = "csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What is exported, and how it is signed."""

    wanted: AuditFilter
    format: ExportFormat
    at: datetime
    keys: Keyring

    async def lines(self, database: Database) -> AsyncIterator[bytes]:
        """Page by page, each in a transaction of its own, so that none is open for long."""
        async with database.read() as session:
            head = await Links(session).head()
        sha256, count, last = hashlib.sha256(), 0, 0
        first = self._head(head)
        sha256.update(first)
        yield first
        while head is not None:
            async with database.read() as session:
                page = await AuditQueries(session).after(self.wanted, last, head.seq, _PAGE)
            if not page:
                break
            said = self._said(page)
            sha256.update(said)
            count, last = count + len(page), page[-1].id
            yield said
        yield self._line(_end(count, sha256.hexdigest(), self.keys))

    def _head(self, head: Link | None) -> bytes:
        told: dict[str, Any] = {
            "kind": "head",
            "since": _instant(self.wanted.since),
            "until": _instant(self.wanted.until),
            "exported_at": self.at.isoformat(),
            "chain_seq": head.seq if head else 0,
            "chain_hash": head.hash.hex() if head else None,
            "key_id": self.keys.current_id,
        }
        line = self._line({**told, "signature": _signed(told, self.keys)})
        if self.format is ExportFormat.CSV:
            return line + _csv([_COLUMNS])
        return line

    def _line(self, told: Mapping[str, Any]) -> bytes:
        prefix = _COMMENT if self.format is ExportFormat.CSV else ""
        return f"{prefix}{json.dumps(told)}\n".encode()

    def _said(self, page: Iterable[AuditLine]) -> bytes:
        if self.format is ExportFormat.CSV:
            return _csv([_cell(getattr(each, name)) for name in _COLUMNS] for each in page)
        return b"".join(self._line({"kind": "entry", **_plain(each)}) for each in page)


def check(document: bytes, keys: Keyring) -> str | None:
    """What is wrong with an export; None when it is as it was given out."""
    lines = document.splitlines(keepends=True)
    if len(lines) < 2:  # noqa: PLR2004 - a head and an end
        return "it has no head and no end"
    try:
        head, end = (json.loads(each.lstrip(_COMMENT.encode())) for each in (lines[0], lines[-1]))
    except ValueError:
        return "its head or its end cannot be read"
    if not _is_signed(head, keys):
        return "its head was not signed with this key"
    if end.get("kind") != "end" or not _is_signed(end, keys):
        return "its end is not there, or was not signed with this key"
    sha256 = hashlib.sha256(b"".join(lines[:-1])).hexdigest()
    return None if sha256 == end["sha256"] else "something between head and end was changed"


def _end(count: int, sha256: str, keys: Keyring) -> dict[str, Any]:
    told = {"kind": "end", "entries": count, "sha256": sha256, "key_id": keys.current_id}
    return {**told, "signature": _signed(told, keys)}


def _signed(told: Mapping[str, Any], keys: Keyring) -> str | None:
    signature = keys.sign(canonical("export", told), told["key_id"])
    return None if signature is None else signature.hex()


def _is_signed(told: Any, keys: Keyring) -> bool:  # noqa: ANN401 - JSON of a file
    if not isinstance(told, dict) or not isinstance(told.get("key_id"), str):
        return False
    rest = {name: value for name, value in told.items() if name != "signature"}
    expected = _signed(rest, keys)
    return expected is not None and hmac.compare_digest(expected, str(told.get("signature")))


def _plain(line: AuditLine) -> dict[str, Any]:
    said = {name: getattr(line, name) for name in _COLUMNS}
    return {**said, "at": line.at.isoformat()}


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _cell(value: object) -> str:
    """A subject is whatever a provider calls it: no table program is to reckon with it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat()
    said = json.dumps(value) if isinstance(value, Mapping) else str(value)
    return f"'{said}" if said.startswith(_FORMULA) else said


def _csv(rows: Iterable[Iterable[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()
