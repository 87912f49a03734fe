"""How what lets somebody in is kept: tokens, codes and links, never as they are."""

import hashlib


def hash_of(token: str) -> bytes:
    """Of what is random enough that nobody finds it by trying, so a plain hash knows it again.

    Whatever comes in can be hashed, letters that are none included.
    """
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
