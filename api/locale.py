"""In which language a caller reads."""

from catalogue import DEFAULT, LOCALES

_MOST_RANGES = 20


def preferred(accept_language: str) -> str:
    """The best of our languages by RFC 9110 weights; Chinese when nothing fits."""
    best, weight = DEFAULT, 0.0
    for choice in accept_language.split(",")[:_MOST_RANGES]:
        tag, _, parameters = choice.strip().partition(";")
        language = tag.strip().lower().split("-")[0]
        asked = _weight(parameters)
        if language in LOCALES and asked > weight:
            best, weight = language, asked
    return best


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
