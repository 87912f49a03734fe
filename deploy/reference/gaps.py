"""What reference data leave open that only the place itself can say: who comes, who takes over."""

from collections.abc import Callable, Iterable, Iterator

from deploy.reference.shipped import Shipped
from domain.meeting.policy import MeetingPolicy
from domain.meeting.words import MeetingKind
from domain.vocabulary import Level

_GAPS: tuple[tuple[str, Callable[[MeetingPolicy], bool]], ...] = (
    (
        "no standing parties; only the departments concerned are invited",
        lambda policy: bool(policy.standing),
    ),
    (
        "no leader; nobody by name takes over what the county does not settle",
        lambda policy: policy.level is not Level.COUNTY or policy.leader is not None,
    ),
)


def gaps(entries: Iterable[Shipped]) -> Iterator[str]:
    """A line for each meeting policy that works, and leaves somebody out whom it should name.

    One for everywhere is not warned of where another of its level, for a grid, names them.
    """
    held = [each for each in entries if _is_of_meetings(each.body)]
    for entry in held:
        for said, is_filled in _GAPS:
            others = (each.body for each in held if each.body.level is entry.body.level)
            covered = entry.body.grid is None and any(map(is_filled, others))
            if not covered and not is_filled(entry.body):
                yield f"{entry.file.name}: {entry.kind} {entry.code}: {said}"


def _is_of_meetings(body: object) -> bool:
    return isinstance(body, MeetingPolicy) and body.kind is MeetingKind.JOINT
