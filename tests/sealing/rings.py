"""The keys that tests seal with."""

from storage.sealing.ring import KeyRing

RING = KeyRing({"tests": b"tests" * 6 + b"!!"})
