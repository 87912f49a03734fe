"""Counts at the end: what was accepted, what is kept, and what became of it.

`Found` is what lies in the database, `faults` holds it against what senders were told.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

_WAITING, _SORTED = "waiting", "sorted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Of one storm: its messages by name, and what all cameras have come to since it began."""

    messages: Sequence[tuple[str, str]]
    """The name that the sender gave, and the state; a message may have been kept twice."""
    events: int
    """Alerts that were accepted."""
    counted: int
    """Alerts that conditions count, without those that the engine says itself."""
    conditions: int
    """That began, or were there before and were seen again."""
    issues: int
    """That cameras raised."""
    open_twice: int
    """Keys with more than one condition that is open."""


@dataclass(frozen=True, slots=True)
class Reports:
    """Answers to people: the numbers they were given, and what the record has of them."""

    answered: Sequence[str]
    kept: Collection[str]

    def faults(self) -> tuple[str, ...]:
        """Each accepted report is exactly one issue."""
        twice = len(self.answered) - len(set(self.answered))
        lost = len(set(self.answered) - set(self.kept))
        unasked = len(set(self.kept) - set(self.answered))
        return _said({"share an issue": twice, "are lost": lost, "nobody reported": unasked})


def faults(acknowledged: Collection[str], found: Found) -> tuple[str, ...]:
    """What is wrong, in words; nothing if every message is where it should be, once."""
    kept = {name for name, _ in found.messages}
    states = Counter(state for _, state in found.messages)
    aside = states.total() - states[_SORTED] - states[_WAITING]
    return _said(
        {
            "acknowledged messages are lost": len(set(acknowledged) - kept),
            "messages still wait": states[_WAITING],
            "messages were set aside": aside,
            "too few alerts": max(len(kept) - found.events, 0),
            "too many alerts": max(found.events - len(kept), 0),
            "alerts no condition counts": max(found.events - found.counted, 0),
            "alerts counted twice": max(found.counted - found.events, 0),
            "more issues than conditions": max(found.issues - found.conditions, 0),
            "keys with two open conditions": found.open_twice,
        }
    )


def balance(
    acknowledged: Collection[str], found: Found, unsaved: Collection[str] = ()
) -> Mapping[str, object]:
    """The figures beside each other, and what is wrong with them.

    `unsaved` is what a broker had acknowledged and not written down when it was killed. What is
    missing of that it has forgotten itself, before we could hear it.
    """
    names = {name for name, _ in found.messages}
    forgotten = (set(acknowledged) & set(unsaved)) - names
    return {
        "forgotten_by_broker": len(forgotten),
        "acknowledged": len(set(acknowledged)),
        "raw_rows": len(found.messages),
        "kept_again": len(found.messages) - len(names),
        "sorted": sum(state == _SORTED for _, state in found.messages),
        "alerts": found.events,
        "counted_on_conditions": found.counted,
        "conditions": found.conditions,
        "issues": found.issues,
        "faults": list(faults(set(acknowledged) - forgotten, found)),
    }


def _said(numbers: Mapping[str, int]) -> tuple[str, ...]:
    def told() -> Iterator[str]:
        for what, number in numbers.items():
            if number:
                yield f"{number} {what}"

    return tuple(told())
