"""Every sentence and label a person reads, in Chinese first and in English."""

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

DEFAULT = "zh"
LOCALES = (DEFAULT, "en")


def _flat(table: Mapping[str, object], path: str = "") -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        key = f"{path}.{name}" if path else name
        if isinstance(value, dict):
            yield from _flat(value, key)
        else:
            yield key, str(value)


def _load(locale: str) -> Mapping[str, str]:
    path = Path(__file__).with_name(f"{locale}.toml")
    return MappingProxyType(dict(_flat(tomllib.loads(path.read_text(encoding="utf-8")))))


TEXTS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {locale: _load(locale) for locale in LOCALES}
)
"""Sentences by locale and dotted key, read once."""


_WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "state": ("state", "meeting_state"),
        "outcome": ("item_outcome",),
        "level": ("level",),
        "request": ("request",),
        "unit": ("unit",),
        "kind": ("deadline_kind",),
        "allowed": ("who", "state", "role", "meeting_who", "meeting_state"),
    }
)
"""Parameters that are words of the law, or lists of them, and the sections that label them."""
_LISTS = frozenset({"departments", "expected", "fields", "grids", "used_by"})
"""Parameters that are lists of what has no label."""
_COMMA = MappingProxyType({"zh": "、"})


class _Blanks(dict[str, object]):
    """A parameter that the caller did not give stays visible as its name."""

    def __missing__(self, name: str) -> str:
        return f"{{{name}}}"


def say(key: str, locale: str = DEFAULT, **params: object) -> str:
    """The sentence `key` in `locale`, with its parameters; an unknown locale reads Chinese.

    Words of the law among the parameters are said as people call them.

    Raises:
        KeyError: no catalogue has such a sentence.
    """
    texts = TEXTS.get(locale, TEXTS[DEFAULT])
    said = {name: _worded(name, value, locale) for name, value in params.items()}
    return texts[key].format_map(_Blanks(said))


def label(section: str, word: str, locale: str = DEFAULT) -> str:
    """What people call a word of the law; the word itself when it has no label."""
    return TEXTS.get(locale, TEXTS[DEFAULT]).get(f"{section}.{word}", word)


def _worded(name: str, value: object, locale: str) -> object:
    if name not in _WORDS and name not in _LISTS:
        return value
    words = (each.strip() for each in str(value).split(","))
    sections = _WORDS.get(name, ())
    return _COMMA.get(locale, ", ").join(_first_label(sections, each, locale) for each in words)


def _first_label(sections: tuple[str, ...], word: str, locale: str) -> str:
    found = (label(section, word, locale) for section in sections)
    return next((text for text in found if text != word), word)
