"""In which portions messages are sorted, and how long one waits that fails when it is alone."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from storage.alerts.views import Taken

_MOST_BYTES = 4 * 1024 * 1024
"""Of bodies in memory at once; a longer one is read alone."""
_SUSPECT = 3
"""Attempts after which a message is sorted alone."""
_ALONE, _LONGEST_ALONE = timedelta(minutes=1), timedelta(minutes=10)
"""How long one waits that failed alone, twice as long each time; the others go before it.

All that is patient for more than an hour, before one is given up.
"""


def patience(attempts: int) -> timedelta:
    """How long it waits after so many attempts; not at all while it is tried with others."""
    alone = attempts - _SUSPECT
    return min(_ALONE * 2 ** (alone - 1), _LONGEST_ALONE) if alone > 0 else timedelta()


def chunks(taken: Sequence[Taken]) -> Iterator[list[int]]:
    """Ids that are sorted together: not too much at once, and what is suspect alone."""
    chunk: list[int] = []
    total = 0
    for id_, size, attempts in taken:
        is_suspect = attempts > _SUSPECT
        if chunk and (is_suspect or total + size > _MOST_BYTES):
            yield chunk
            chunk, total = [], 0
        if is_suspect:
            yield [id_]
            continue
        chunk.append(id_)
        total += size
    if chunk:
        yield chunk
