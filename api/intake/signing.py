"""Standard Webhooks: a message is signed over its id, its time and its raw bytes.

A source's secret is made from the installation's key and the name of its credential, so no secret
is kept anywhere, and a stolen copy of the database signs nothing.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from starlette.datastructures import Headers

TOLERANCE = timedelta(seconds=300)
_ID, _TIMESTAMP, _SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
_VERSION = "v1,"
_LONGEST_ID = 200
_LONGEST_TIMESTAMP = 12
_MOST_SIGNATURES = 10
_PURPOSE = b"dispatch alert source:"


class BadSignature(Exception):
    """The message is not signed as the source signs."""


def secret_of(key: bytes, credential: str) -> bytes:
    """What the holder of this credential signs with."""
    return hmac.digest(key, _PURPOSE + credential.encode(), hashlib.sha256)


def spelt(secret: bytes) -> str:
    """As libraries for Standard Webhooks take it."""
    return "whsec_" + base64.b64encode(secret).decode()


def sign(secret: bytes, message_id: str, at: datetime, body: bytes) -> str:
    """The value of `webhook-signature`."""
    return (
        _VERSION
        + base64.b64encode(_digest(secret, message_id, str(int(at.timestamp())), body)).decode()
    )


def signed_id(headers: Headers, body: bytes, secrets: Iterable[bytes], at: datetime) -> str:
    """The id of a message that is signed with one of the secrets, and lately.

    Raises:
        BadSignature: it is not.
    """
    message_id = headers.get(_ID, "")
    timestamp = headers.get(_TIMESTAMP, "")
    if not 0 < len(message_id) <= _LONGEST_ID:
        raise BadSignature("no id")
    if abs(_instant(timestamp) - at) > TOLERANCE:
        raise BadSignature("out of time")
    given = tuple(_signatures(headers.get(_SIGNATURE, "")))
    for secret in secrets:
        expected = _digest(secret, message_id, timestamp, body)
        if any([hmac.compare_digest(expected, each) for each in given]):  # noqa: C419 - all of them
            return message_id
    raise BadSignature("no signature fits")


def _digest(secret: bytes, message_id: str, timestamp: str, body: bytes) -> bytes:
    signed = message_id.encode("latin-1", "replace") + b"." + timestamp.encode("ascii") + b"."
    return hmac.digest(secret, signed + body, hashlib.sha256)


def _instant(timestamp: str) -> datetime:
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= _LONGEST_TIMESTAMP):
        raise BadSignature("no time")
    try:
        return datetime.fromtimestamp(int(timestamp), UTC)
    except (OverflowError, ValueError, OSError) as error:
        raise BadSignature("no time") from error


def _signatures(header: str) -> Iterator[bytes]:
    for each in header.split(" ")[:_MOST_SIGNATURES]:
        if each.startswith(_VERSION):
            try:
                yield base64.b64decode(each.removeprefix(_VERSION), validate=True)
            except (binascii.Error, ValueError):
                continue
