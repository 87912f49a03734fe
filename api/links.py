"""Short-lived links to pictures: whoever has one may look, for some minutes, without a token."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from api.problems import ApiCode, Problem
from domain.ids import EvidenceId
from storage.pictures.album import Variant

PICTURES = "/api/v1/pictures"
_PURPOSE = b"dispatch picture links"


@dataclass(frozen=True, slots=True)
class Link:
    """Where a picture is to be seen, and until when."""

    url: str
    expires_at: datetime


class Links:
    """Makes links and knows its own again. The secret is used for nothing else as it is."""

    def __init__(self, secret: bytes, lifetime: timedelta) -> None:
        self._key = hmac.digest(secret, _PURPOSE, hashlib.sha256)
        self._lifetime = lifetime

    def link(self, picture: EvidenceId, variant: Variant, at: datetime) -> Link:
        """The link that works from `at` on, to the second."""
        expires_at = (at + self._lifetime).replace(microsecond=0)
        expires = int(expires_at.timestamp())
        query = f"expires={expires}&signature={self._signature(picture, variant, expires)}"
        return Link(f"{PICTURES}/{picture}/{variant}?{query}", expires_at)

    def check(
        self, picture: EvidenceId, variant: Variant, expires: int, signature: str, at: datetime
    ) -> None:
        """Returns when the link is ours and still works.

        Raises:
            Problem: `not_found` for one that we never made, `link_expired` for one that is over.
        """
        own = self._signature(picture, variant, expires)
        if not hmac.compare_digest(own.encode(), signature.encode()):
            raise Problem(ApiCode.NOT_FOUND)
        if at.timestamp() > expires:
            raise Problem(ApiCode.LINK_EXPIRED)

    def _signature(self, picture: EvidenceId, variant: Variant, expires: int) -> str:
        said = f"{picture}\n{variant}\n{expires}".encode()
        signed = hmac.digest(self._key, said, hashlib.sha256)
        return base64.urlsafe_b64encode(signed).rstrip(b"=").decode()
