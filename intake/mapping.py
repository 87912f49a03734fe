"""Which kind of alert a vendor's code means here: the most exact row of the source's table decides.

The same code is a blocked fire lane on one camera and illegal parking on another; that is why a
row may name a camera and a zone. What no row knows is unmapped and waits for a person.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from domain.alert import Alert, AlertKind

ANY = "*"
Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingRow:
    """One line of a table; `*` stands for every camera or zone."""

    adapter: str
    code: str
    kind: AlertKind
    camera: str = ANY
    zone: str = ANY
    name: str = ""
    """What the vendor calls the code, for people."""

    def __post_init__(self) -> None:
        if not all((self.adapter, self.code, self.camera, self.zone)):
            raise ValueError("mapping_row_incomplete")


@dataclass(frozen=True, slots=True)
class CodeMapping:
    """The rows of one adapter, found by their key; codes are compared without regard to case."""

    _kinds: Mapping[Key, AlertKind]

    @classmethod
    def of(cls, rows: Iterable[MappingRow], adapter: str) -> "CodeMapping":
        """A later row replaces an earlier one with the same key: a site's own come last."""
        return cls({_key(row): row.kind for row in rows if row.adapter == adapter})

    def kind_of(self, alert: Alert) -> AlertKind | None:
        """Camera and zone, camera, zone, code; then what the sender said; None is unmapped."""
        code = alert.vendor_type.casefold()
        camera, zone = str(alert.camera), alert.zone or ANY
        for key in ((code, camera, zone), (code, camera, ANY), (code, ANY, zone), (code, ANY, ANY)):
            if key in self._kinds:
                return self._kinds[key]
        return alert.kind


def _key(row: MappingRow) -> Key:
    return (row.code.casefold(), row.camera, row.zone)
