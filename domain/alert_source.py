"""Sources of alerts: who may send, from where, about which cameras, and how it is read.

A source is known by the token in its address or by its topic, never by what a message says.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address, ip_network

from domain.actor import lies_in
from domain.ids import CameraRef, GridCode, MappingCode, SourceCode
from domain.position import Point, Position, System

MOST_PER_MINUTE = 1_000_000
LARGEST_OFFSET_S = 86_400
_SCHEMES = ("http", "https")
_LAST_PORT = 65_535


class AuthMode(StrEnum):
    """How a source shows that a message is its own, beside the token in its address."""

    TOKEN = "token"  # noqa: S105 - a word of ours
    STANDARD_WEBHOOKS = "standard_webhooks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where a camera looks, in degrees; which system is always said.

    Raises:
        ValueError: it is not on the Earth.
    """

    lat: float
    lon: float
    system: System

    def __post_init__(self) -> None:
        Point(lat=self.lat, lon=self.lon)

    def to_position(self) -> Position:
        return Position.said(Point(lat=self.lat, lon=self.lon), self.system)


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """A camera that a source may speak of, and where its alerts belong."""

    ref: CameraRef
    grid: GridCode
    building: str | None = None
    name: str = ""
    position: Spot | None = None
    """Its issues are found near it by who is about to report the same."""

    @property
    def place(self) -> str:
        """Where people find it; without a name, what its vendor calls it."""
        name = self.name or self.ref
        building = self.building or ""
        return name if building in name else f"{building} {name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureHost:
    """Where pictures of a source may be fetched; all four have to fit.

    Raises:
        ValueError: another scheme than http and https, no host, or a prefix that is no path.
    """

    scheme: str
    host: str
    port: int
    path_prefix: str = "/"

    def __post_init__(self) -> None:
        if self.scheme not in _SCHEMES:
            raise ValueError("pictures are fetched by http or https")
        if not self.host or self.host != self.host.strip().lower():
            raise ValueError("a host is written in small letters")
        if not 1 <= self.port <= _LAST_PORT:
            raise ValueError("a port is a number from 1 to 65535")
        if not self.path_prefix.startswith("/") or ".." in self.path_prefix:
            raise ValueError("a path prefix begins with / and never climbs")


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSource:
    """A platform, recorder or box that sends alerts.

    Over HTTP it is heard only from its `addresses`, over MQTT only under its `topics`; without
    either it is not heard that way at all.

    Raises:
        ValueError: an address that is no network, a camera twice or outside the source's grid, a
            rate or offset beyond all reason, or a topic that is not one.
    """

    code: SourceCode
    name: str
    adapter: str
    grid: GridCode
    """Of its community: who looks after the source, and the bounds of its cameras."""
    name_en: str = ""
    zone: str = "Asia/Shanghai"
    clock_offset_s: float = 0.0
    auth: AuthMode = AuthMode.TOKEN
    addresses: tuple[str, ...] = ()
    """Networks such as 10.20.0.0/16 that the real peer has to be in."""
    topics: tuple[str, ...] = ()
    retained: bool = False
    """Whether what a broker kept from before is heard: right for states, wrong for events."""
    cameras: tuple[Camera, ...] = ()
    per_minute: int = 600
    mapping: MappingCode | None = None
    pictures_from: tuple[PictureHost, ...] = ()
    options: Mapping[str, object] = field(default_factory=dict)
    """The adapter's own settings."""

    def __post_init__(self) -> None:
        for each in self.addresses:
            ip_network(each)
        if not 1 <= self.per_minute <= MOST_PER_MINUTE:
            raise ValueError("a rate is from one to a million messages a minute")
        if not abs(self.clock_offset_s) <= LARGEST_OFFSET_S:
            raise ValueError("a clock is wrong by a day at most")
        if not all(is_topic_filter(each) for each in self.topics):
            raise ValueError("a topic filter has # only at its end and + only between slashes")
        self._check_cameras()

    def _check_cameras(self) -> None:
        if len({each.ref for each in self.cameras}) != len(self.cameras):
            raise ValueError("a camera is named once")
        if not all(lies_in(each.grid, self.grid) for each in self.cameras):
            raise ValueError("a camera lies in the grid of its source")

    def camera(self, ref: CameraRef) -> Camera | None:
        """The camera of this name, if the source may speak of it."""
        return next((each for each in self.cameras if each.ref == ref), None)

    def hears(self, peer: str) -> bool:
        """Whether a message may come from this address; IPv4 within IPv6 is IPv4."""
        try:
            address = ip_address(peer)
        except ValueError:
            return False
        plain = getattr(address, "ipv4_mapped", None) or address
        return any(plain in ip_network(each) for each in self.addresses)

    def takes(self, topic: str) -> bool:
        """Whether a topic is one of this source's."""
        return any(fits(each, topic) for each in self.topics)


def is_topic_filter(text: str) -> bool:
    """Whether MQTT would take it, and it says whose topics they are: not everybody's."""
    levels = text.split("/")
    plain = all(level in {"#", "+"} or not {"#", "+"} & set(level) for level in levels)
    return plain and "#" not in levels[:-1] and text[:1] not in {"", "$", "#", "+"}


def fits(topic_filter: str, topic: str) -> bool:
    """MQTT's own rule: `+` is one level, `#` all that follow and none."""
    wanted, given = topic_filter.split("/"), topic.split("/")
    if wanted[-1] == "#":
        wanted = wanted[:-1]
        given = given[: len(wanted)]
    return len(wanted) == len(given) and all(
        want in {"+", level} for want, level in zip(wanted, given, strict=True)
    )
