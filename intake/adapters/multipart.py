"""Multipart bodies of cameras, part by part.

What web frameworks do with them fails on devices: parts without a name, pictures without a file
name, `multipart/mixed`, boundaries that the header does not tell. The low-level parser reads all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from intake.adapters.values import Unreadable

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

LARGEST = 8 * 1024 * 1024
MOST_PARTS = 16
MOST_BOUNDARIES = 64
"""Parts beyond the most are left out; beyond this it is an attack on the parser."""
LONGEST_BOUNDARY = 200
DASHES = b"--"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Headers with names in lower case, and the bytes between the boundaries."""

    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "")


def is_multipart(body: bytes, content_type: str) -> bool:
    """By its header, or by how it begins; what begins as a document is one, whatever is said."""
    start = body.lstrip()[:2]
    if start[:1] in {b"<", b"{", b"["}:
        return False
    return start == DASHES or content_type.strip().lower().startswith("multipart/")


def read_multipart(body: bytes, content_type: str) -> tuple[Part, ...]:
    """All parts, also those of a body that ends in the middle of one."""
    if len(body) > LARGEST:
        raise Unreadable("too_large")
    boundary = _boundary(body, content_type)
    if body.count(DASHES + boundary) > MOST_BOUNDARIES:
        raise Unreadable("too_many_parts")
    parts = _Parts()
    try:
        parser = MultipartParser(boundary, parts.callbacks())
        parser.write(body[body.index(DASHES + boundary) :])
    except FormParserError as malformed:
        if not parts.gathered:
            raise Unreadable("not_multipart") from malformed
    parts.finish()
    if not parts.gathered:
        raise Unreadable("not_multipart")
    return tuple(parts.gathered)


def _boundary(body: bytes, content_type: str) -> bytes:
    """The one of the header if it occurs, else the one that the body begins with."""
    header = content_type.encode("latin-1", "replace")
    told = parse_options_header(header)[1].get(b"boundary", b"")
    if told and len(told) <= LONGEST_BOUNDARY and DASHES + told in body:
        return told
    first = body.lstrip().split(b"\n", 1)[0].strip()
    found = first.removeprefix(DASHES)
    if not first.startswith(DASHES) or not 1 <= len(found) <= LONGEST_BOUNDARY:
        raise Unreadable("boundary_missing")
    return found


class _Parts:
    """Gathers what the parser calls out."""

    def __init__(self) -> None:
        self.gathered: list[Part] = []
        self._headers: dict[str, str] = {}
        self._name = self._value = b""
        self._body = bytearray()
        self._is_open = False

    def callbacks(self) -> "MultipartCallbacks":
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._add_name,
            "on_header_value": self._add_value,
            "on_header_end": self._end_header,
            "on_part_data": self._add_data,
            "on_part_end": self.finish,
        }

    def finish(self) -> None:
        """Ends a part, also one that the body did not end."""
        if self._is_open and len(self.gathered) < MOST_PARTS and (self._headers or self._body):
            self.gathered.append(Part(headers=self._headers, body=bytes(self._body)))
        self._is_open = False

    def _begin(self) -> None:
        self._headers, self._body, self._is_open = {}, bytearray(), True
        self._name = self._value = b""

    def _add_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _add_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        name = self._name.decode("latin-1").strip().lower()
        self._headers[name] = self._value.decode("latin-1").strip()
        self._name = self._value = b""

    def _add_data(self, data: bytes, start: int, end: int) -> None:
        self._body += data[start:end]
