"""Pictures that a message names by an address or by a path on the platform it came from."""

from collections.abc import Iterable

from domain.alert import PictureOf
from intake.adapters.contract import SourceView
from intake.adapters.values import LONGEST_URL, text, web_address

BASE = "picture_base"
"""The option with the address that a platform's paths continue."""
MOST_PICTURES = 6


def pictures_of(values: Iterable[object], source: SourceView) -> tuple[PictureOf, ...]:
    """Each address once; whether it may be fetched is decided by who fetches."""
    base = text(source.options.get(BASE), LONGEST_URL)
    urls = dict.fromkeys(url for value in values if (url := _address(value, base)))
    return tuple(PictureOf(url=url) for url in list(urls)[:MOST_PICTURES])


def _address(value: object, base: str | None) -> str | None:
    """A path never climbs out of the base."""
    if not isinstance(value, str) or len(value) > LONGEST_URL:
        return None
    if (url := web_address(value)) is not None:
        return url
    path = value.strip().lstrip("/")
    if not path or not base or ".." in path or ":" in path.partition("/")[0] or "\\" in path:
        return None
    return f"{base.rstrip('/')}/{path}"
