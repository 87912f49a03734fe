"""How repositories seal and open: by the session that they were given, which knows the cabinet."""

from collections.abc import Iterable

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.sealing.cabinet import Cabinet
from storage.sealing.cipher import DataKey, Place, Unopenable, Why, key_of
from storage.sealing.index import BlindIndex

_log = structlog.get_logger(__name__)
OPTION = "dispatch_cabinet"
"""Under which name connections carry their database's cabinet."""


class NoKeys(RuntimeError):
    """A database was opened without a ring of keys, and something was to be sealed."""


class Sealer:
    """Seals with the key of the month."""

    def __init__(self, key: DataKey) -> None:
        self._key = key

    @property
    def key_id(self) -> int:
        return self._key.id

    def text(self, place: Place, said: str | None) -> bytes | None:
        return None if said is None else self._key.seal(place, said.encode())

    def data(self, place: Place, plain: bytes) -> bytes:
        return self._key.seal(place, plain)


class Opener:
    """Opens what was sealed; what does not open is logged and missing, and the rest is shown."""

    def __init__(self, cabinet: Cabinet | None) -> None:
        self._cabinet = cabinet

    def text(self, place: Place, sealed: bytes | None, plain: str | None = None) -> str | None:
        """What was sealed; `plain`, from before there were seals, where nothing was."""
        if sealed is None:
            return plain
        found = self.data(place, sealed)
        return None if found is None else found.decode()

    def data(self, place: Place, sealed: bytes) -> bytes | None:
        try:
            return self.strictly(place, sealed)
        except Unopenable as error:
            _log.error(
                "sealed_value_unopenable",
                table=place.table,
                column=place.column,
                row=place.row,
                why=error.why,
            )
            return None

    def strictly(self, place: Place, sealed: bytes) -> bytes:
        """The same for those who cannot go on without.

        Raises:
            Unopenable: it was changed or moved, or its key is not to be had.
        """
        if self._cabinet is None:
            raise Unopenable(Why.UNKNOWN_KEY)
        return self._cabinet.get(key_of(sealed)).open(place, sealed)


async def sealer(session: AsyncConnection) -> Sealer:
    """What seals now.

    Raises:
        NoKeys: the database was opened without any.
        Unopenable: the ring lacks the key it needs.
    """
    return Sealer(await _cabinet(session).current(session))


async def index(session: AsyncConnection) -> BlindIndex:
    """What is searched with.

    Raises:
        NoKeys, Unopenable: as `sealer`.
    """
    return await _cabinet(session).index(session)


async def opener(session: AsyncConnection, values: Iterable[bytes | None]) -> Opener:
    """What opens these; a round trip only when they name a key that the process never met."""
    cabinet = _known(session)
    ids = {id_ for each in values if each is not None and (id_ := _named(each)) is not None}
    if cabinet is not None and ids:
        await cabinet.have(session, ids)
    return Opener(cabinet)


def _named(sealed: bytes) -> int | None:
    try:
        return key_of(sealed)
    except Unopenable:
        return None


def _cabinet(session: AsyncConnection) -> Cabinet:
    cabinet = _known(session)
    if cabinet is None:
        raise NoKeys("open the database with a ring of keys: DISPATCH_SEAL_KEYS")
    return cabinet


def _known(session: AsyncConnection) -> Cabinet | None:
    assert session.sync_connection is not None
    cabinet: Cabinet | None = session.sync_connection.get_execution_options().get(OPTION)
    return cabinet
