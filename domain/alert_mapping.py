"""Tables that say what the codes of a site's cameras mean; people change them as they learn."""

from dataclasses import dataclass

from domain.alert import AlertKind
from domain.ids import GridCode, MappingCode

ANY = "*"
MOST_ROWS = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class MappedCode:
    """One code, anywhere or on one camera or in one zone: the most exact row decides."""

    code: str
    kind: AlertKind
    camera: str = ANY
    zone: str = ANY
    name: str = ""
    """What the vendor calls the code, for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertMapping:
    """What the codes of an adapter mean for the sources that name this table.

    Raises:
        ValueError: too many rows, two for the same, or an empty code.
    """

    code: MappingCode
    name: str
    adapter: str
    name_en: str = ""
    grid: GridCode | None = None
    """Where it holds; None: everybody may use it."""
    rows: tuple[MappedCode, ...] = ()
    ignored: tuple[str, ...] = ()
    """Codes that mean nothing here unless a row says otherwise; they wait for nobody."""

    def __post_init__(self) -> None:
        keys = {(each.code.casefold(), each.camera, each.zone) for each in self.rows}
        if len(keys) != len(self.rows) or len(self.rows) > MOST_ROWS:
            raise ValueError(f"at most {MOST_ROWS} rows, and one for each code, camera and zone")
        if not all(all(key) for key in keys) or not all(self.ignored):
            raise ValueError("a code is not empty; * is any camera or zone")

    def ignores(self, code: str) -> bool:
        return code.casefold() in {each.casefold() for each in self.ignored}
