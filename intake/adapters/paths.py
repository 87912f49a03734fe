"""Dotted paths into JSON: `data.alarms[].type`; `[]` walks a list, `$.` starts at the message."""

from collections.abc import Iterator
from dataclasses import dataclass

from intake.adapters.values import text

EVERY = "[]"
ROOT = "$."
MOST_FOUND = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where paths start: an element, or with `$.` the whole message."""

    element: object
    message: object

    def all_at(self, path: str) -> tuple[object, ...]:
        """Every value that stands there, in order; null is none."""
        start = self.message if path.startswith(ROOT) else self.element
        found: list[object] = [start]
        for step in path.removeprefix(ROOT).split(".") if path not in {"", "$"} else ():
            found = [each for value in found for each in _step(value, step)][:MOST_FOUND]
        return tuple(each for each in found if each is not None)

    def first_at(self, path: str | None) -> object:
        """The first value that stands there, None when there is none."""
        return next(iter(self.all_at(path)), None) if path else None

    def word_at(self, path: str | None) -> str | None:
        """The first value as a word: true and false are words as well."""
        return word(self.first_at(path))


def word(value: object) -> str | None:
    """As it is written in JSON."""
    return str(value).lower() if isinstance(value, bool) else text(value)


def _step(value: object, step: str) -> Iterator[object]:
    name = step.removesuffix(EVERY)
    inside = value if name == "" else value.get(name) if isinstance(value, dict) else None
    if not step.endswith(EVERY):
        yield inside
    elif isinstance(inside, list):
        yield from inside
