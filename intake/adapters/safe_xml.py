"""XML from outside, as plain members by local name: no DTD, no entities, bounded depth and size.

Cameras declare GB2312, which expat refuses in bytes, so we decode; and they forget to escape `&`.
"""

import re

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError

from intake.adapters.values import Unreadable

LARGEST = 256 * 1024
DEEPEST = 32
MOST_ELEMENTS = 4000
DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
ENCODING = re.compile(rb"""^\s*<\?xml[^>]{0,200}encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
CHARSET = re.compile(r"charset\s*=\s*\"?([a-z0-9._-]{1,40})")
RAW_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});)")
CONTROL = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
CHINESE = "gb18030"
ENCODINGS = {
    "gb2312": CHINESE,
    "gbk": CHINESE,
    "gb18030": CHINESE,
    "utf-16": "utf-16",
    "iso-8859-1": "latin-1",
}
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def read_xml(body: bytes, content_type: str = "", largest: int = LARGEST) -> dict[str, object]:
    """One member, called like the root, whatever its namespace."""
    if len(body) > largest:
        raise Unreadable("too_large")
    text = DECLARATION.sub("", _decoded(body, content_type), count=1).strip().rstrip("\0")
    if "\0" in text:
        raise Unreadable("nul_byte")
    if not text:
        raise Unreadable("empty")
    try:
        return _parsed(text)
    except ParseError:
        return _mended(text)


def _mended(text: str) -> dict[str, object]:
    """Once more with `&` escaped and without letters that XML does not know."""
    try:
        return _parsed(RAW_AMPERSAND.sub("&amp;", CONTROL.sub("", text)))
    except ParseError as malformed:
        raise Unreadable("not_xml") from malformed


def _parsed(text: str) -> dict[str, object]:
    members = _Members()
    try:
        parser = DefusedXMLParser(target=members, forbid_dtd=True)
        parser.feed(text)
        parser.close()
    except DefusedXmlException as forbidden:
        raise Unreadable("dtd_forbidden") from forbidden
    return members.root


def _decoded(body: bytes, content_type: str) -> str:
    """As declared; without a word UTF-8, and what is no UTF-8 is Chinese."""
    declared = ENCODING.match(body.removeprefix(b"\xef\xbb\xbf"))
    named = declared[1].decode("ascii").lower() if declared else ""
    if not named and (charset := CHARSET.search(content_type.lower())):
        named = charset[1]
    if body.startswith(UTF_16_MARKS):
        named = "utf-16"
    encoding = ENCODINGS.get(named, "utf-8-sig")
    try:
        return body.decode(encoding)
    except UnicodeDecodeError:
        pass
    try:
        return body.decode(CHINESE)
    except UnicodeDecodeError as undecodable:
        raise Unreadable("undecodable") from undecodable


class _Members:
    """Gathers while the parser runs: nothing deep is ever built, or walked by recursion."""

    def __init__(self) -> None:
        self.root: dict[str, object] = {}
        self._open: list[tuple[str, dict[str, object], list[str]]] = [("", self.root, [])]
        self._elements = 0

    def start(self, tag: str, _attributes: object) -> None:
        self._elements += 1
        if len(self._open) > DEEPEST:
            raise Unreadable("too_deep")
        if self._elements > MOST_ELEMENTS:
            raise Unreadable("too_many_members")
        self._open.append((tag.rpartition("}")[2], {}, []))

    def data(self, text: str) -> None:
        self._open[-1][2].append(text)

    def end(self, _tag: str) -> None:
        """An element that occurs twice becomes a list."""
        name, members, texts = self._open.pop()
        value: object = members or "".join(texts).strip()
        around = self._open[-1][1]
        known = around.get(name)
        if name not in around:
            around[name] = value
        elif isinstance(known, list):
            known.append(value)
        else:
            around[name] = [known, value]

    def close(self) -> None:
        """Asked by the parser at the end."""
