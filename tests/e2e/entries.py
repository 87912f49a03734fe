"""The reference data we ship, read once for the tests about it."""

from typing import Any

from deploy.demo.town import reference
from deploy.reference.shipped import FOLDER, Shipped, read
from domain.reference import ReferenceKind

Entries = tuple[Shipped, ...]

DEFAULT: Entries = read(FOLDER)
DEMO: Entries = reference()


def bodies(entries: Entries, kind: ReferenceKind) -> list[Any]:
    return [entry.body for entry in entries if entry.kind is kind]


def codes(entries: Entries, kind: ReferenceKind) -> set[str]:
    return {entry.code for entry in entries if entry.kind is kind}
