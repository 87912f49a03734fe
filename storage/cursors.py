"""Where a list goes on: opaque to callers, so that what is behind it can change."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error

_LARGEST = 2**63 - 1


class BadCursor(ValueError):
    """Not a cursor that this engine gave."""


def cursor_after(last_id: int) -> str:
    return urlsafe_b64encode(f"id:{last_id}".encode()).decode().rstrip("=")


def id_of(cursor: str) -> int:
    """The id behind a cursor.

    Raises:
        BadCursor: it is not one of ours.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        kind, _, digits = urlsafe_b64decode(padded.encode("ascii")).decode("ascii").partition(":")
        last_id = int(digits)
    except (ValueError, Error) as error:
        raise BadCursor(cursor) from error
    if kind != "id" or not 0 < last_id <= _LARGEST:
        raise BadCursor(cursor)
    return last_id
