"""Single values of a vendor's message: numbers come as strings, and strings as numbers."""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping, Sequence

from domain.alert import LONGEST_KEY, LONGEST_TEXT, MOST_ATTRIBUTES_BYTES

NUMBER = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?")
LONGEST_URL = 2000
LARGEST_NUMBER = 1e18


class Unreadable(Exception):
    """A message or an element of it breaks a rule; never leaves the adapters."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


def fields(value: object) -> Mapping[str, object]:
    """The members of an object; none when it is something else."""
    return value if isinstance(value, dict) else {}


def listing(value: object) -> Sequence[object]:
    """The items of a list; XML made one of a single item, and nothing of none."""
    if value is None or value == "":
        return ()
    return value if isinstance(value, list) else (value,)


def text(value: object, longest: int = LONGEST_TEXT) -> str | None:
    """What is written, also when it came as a number; None when empty."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    written = str(value).strip()
    if len(written) > longest:
        raise Unreadable("text_too_long")
    return written or None


def shortened(value: object, longest: int = LONGEST_TEXT) -> str | None:
    """Like `text`, for words that only people read: cut instead of refused."""
    return text(value[: longest * 2].strip()[:longest] if isinstance(value, str) else value)


def needed(value: object, called: str) -> str:
    """What cannot be missing."""
    written = text(value)
    if written is None:
        raise Unreadable(f"{called}_missing")
    return written


def needed_listing(value: object, called: str) -> Sequence[object]:
    """Likewise, of several."""
    if not isinstance(value, list):
        raise Unreadable(f"{called}_missing")
    return value


def number(value: object) -> float | None:
    """A finite number in plain notation; None for anything else, also for nothing."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value) if abs(value) < LARGEST_NUMBER else None
    if isinstance(value, str) and NUMBER.fullmatch(value.strip()):
        return float(value)
    return None


def whole(value: object) -> int | None:
    """A number without a fraction."""
    read = number(value)
    return int(read) if read is not None and read.is_integer() else None


def fraction(value: object, full: float = 1.0) -> float | None:
    """A share of `full`, from 0 to 1; None when nothing was said or it is outside the scale."""
    read = number(value)
    if read is None or not 0 <= read <= full:
        return None
    return read / full


def box_of(
    corners: Sequence[object], full: float = 1.0
) -> tuple[float, float, float, float] | None:
    """Two corners of a box in the picture."""
    x0, y0, x1, y1 = (
        (fraction(each, full) for each in corners) if len(corners) == 4 else (None,) * 4  # noqa: PLR2004
    )
    if x0 is None or y0 is None or x1 is None or y1 is None or x0 > x1 or y0 > y1:
        return None
    return (x0, y0, x1, y1)


def web_address(value: object) -> str | None:
    """An address of http or https; whether it may be fetched is decided by who fetches."""
    written = text(value, LONGEST_URL)
    return written if written and written.lower().startswith(("http://", "https://")) else None


def bytes_of(encoded: object) -> bytes:
    """What was written in base64, also as a `data:` address."""
    written = encoded if isinstance(encoded, str) else ""
    if written.startswith("data:"):
        written = written.partition(",")[2]
    try:
        decoded = base64.b64decode(written, validate=True)
    except (binascii.Error, ValueError) as malformed:
        raise Unreadable("not_base64") from malformed
    if not decoded:
        raise Unreadable("not_base64")
    return decoded


def attributes_of(found: Mapping[str, object]) -> dict[str, object]:
    """What is worth keeping beside the rest: short and flat, and no more than fits."""
    kept: dict[str, object] = {}
    left = MOST_ATTRIBUTES_BYTES - 2
    for name, value in found.items():
        flat = value if isinstance(value, bool | int | float) else shortened(value)
        left -= len(json.dumps({name: flat}))
        if flat is not None and left >= 0:
            kept[name] = flat
    return kept


def key_of(*parts: object) -> str:
    """One key of several parts, readable while it is short; no two lists of parts share one."""
    written = ["" if each is None else str(each) for each in parts]
    joined = "|".join(each.replace("%", "%25").replace("|", "%7C") for each in written)
    if len(joined) <= LONGEST_KEY:
        return joined
    return "sha256:" + hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()
