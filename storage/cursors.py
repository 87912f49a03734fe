"""Where a list goes on: opaque to callers, so that what is behind it can change."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error

_LARGEST = 2**63 - 1


class BadCursor(ValueError):
    """Not a cursor that this engine gave."""


def cursor_after(last_id: int) -> str:
    return _opaque(f"id:{last_id}")


def cursor_behind(*keys: str) -> str:
    """Of a list that is in the order of several keys."""
    return _opaque(f"keys:{json.dumps(keys)}")


def id_of(cursor: str) -> int:
    """The id behind a cursor.

    Raises:
        BadCursor: it is not one of ours.
    """
    try:
        last_id = int(_behind(cursor, "id"))
    except ValueError as error:
        raise BadCursor(cursor) from error
    if not 0 < last_id <= _LARGEST:
        raise BadCursor(cursor)
    return last_id


def keys_of(cursor: str, count: int) -> list[str]:
    """So many keys behind a cursor.

    Raises:
        BadCursor: it is not one of ours.
    """
    try:
        keys = json.loads(_behind(cursor, "keys"))
    except ValueError as error:
        raise BadCursor(cursor) from error
    if not isinstance(keys, list) or len(keys) != count:
        raise BadCursor(cursor)
    if not all(isinstance(each, str) and each.isprintable() for each in keys):
        raise BadCursor(cursor)  # PostgreSQL would refuse some of what JSON can say
    return keys


def _opaque(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _behind(cursor: str, wanted: str) -> str:
    padded = cursor + "=" * (-len(cursor) % 4)
    try:
        text = urlsafe_b64decode(padded.encode("ascii")).decode("ascii")
    except (ValueError, Error) as error:
        raise BadCursor(cursor) from error
    kind, _, behind = text.partition(":")
    if kind != wanted:
        raise BadCursor(cursor)
    return behind
