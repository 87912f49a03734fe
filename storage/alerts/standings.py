"""How cameras stand: read as they are, locked only by who changes them."""

from collections.abc import Collection, Sequence

from sqlalchemy import Text, and_, bindparam, exists, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY, insert

from domain.alert import AlertKind
from domain.alerts.standing import EVERY_CAMERA, Bucket, CameraStanding
from domain.ids import CameraRef, GridCode
from storage.filters import lies_in_one_of
from storage.models import AlertConditionRow
from storage.models import CameraStandingRow as Row
from storage.session import AnyRow, Session


class Standings:
    """One row for each camera of a source, made when there is something to say."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def of(self, source: str, camera: CameraRef) -> CameraStanding:
        """As it is now; it may change before this transaction ends."""
        found = await self._session.execute(_OF, {"_source": source, "_camera": camera})
        row = found.one_or_none()
        return _standing(row) if row else CameraStanding(source=source, camera=camera)

    async def of_all(self, cameras: Collection[tuple[str, CameraRef]]) -> Sequence[CameraStanding]:
        """Those of them that anything was ever said about, all at once."""
        asked = sorted(cameras)
        named = {"_sources": [each for each, _ in asked], "_cameras": [each for _, each in asked]}
        return tuple(_standing(row) for row in await self._session.execute(_OF_ALL, named))

    async def locked(self, source: str, camera: CameraRef) -> CameraStanding:
        """As it is, and nobody else changes it until the transaction ends."""
        await self._session.execute(
            insert(Row).values(source=source, camera=camera).on_conflict_do_nothing()
        )
        found = select(*_COLUMNS).where(Row.source == source, Row.camera == camera)
        row = (await self._session.execute(found.with_for_update())).one()
        return _standing(row)

    async def save(self, standing: CameraStanding) -> None:
        """Over one that is `locked`."""
        await self._session.execute(
            update(Row)
            .where(Row.source == standing.source, Row.camera == standing.camera)
            .values(
                bucket_level=standing.bucket.level,
                bucket_at=standing.bucket.at,
                silenced_by=list(standing.silenced_by),
                silenced_since=standing.silenced_since,
                judged_true=standing.judged_true,
                judged_false=standing.judged_false,
            )
        )

    async def of_source(
        self, source: str, grids: Sequence[GridCode], *, after: str = "", limit: int = 200
    ) -> Sequence[CameraStanding]:
        """Cameras of a source in these grids that opened something or were silenced, by name."""
        is_there = exists().where(
            AlertConditionRow.source == Row.source,
            AlertConditionRow.camera == Row.camera,
            lies_in_one_of(AlertConditionRow.place, grids),
        )
        found = (
            select(*_COLUMNS)
            .where(Row.source == source, Row.camera > after, Row.camera != EVERY_CAMERA, is_there)
            .order_by(Row.camera)
            .limit(limit)
        )
        return tuple(_standing(row) for row in await self._session.execute(found))


_COLUMNS = (
    Row.source,
    Row.camera,
    Row.bucket_level,
    Row.bucket_at,
    Row.silenced_by,
    Row.silenced_since,
    Row.judged_true,
    Row.judged_false,
)
_OF = select(*_COLUMNS).where(
    Row.source == bindparam("_source"), Row.camera == bindparam("_camera")
)
_ASKED = (
    func.unnest(bindparam("_sources", type_=ARRAY(Text)), bindparam("_cameras", type_=ARRAY(Text)))
    .table_valued("source", "camera", name="asked")
    .render_derived()
)
_OF_ALL = select(*_COLUMNS).join_from(
    Row, _ASKED, and_(Row.source == _ASKED.c.source, Row.camera == _ASKED.c.camera)
)


def _standing(row: AnyRow) -> CameraStanding:
    return CameraStanding(
        source=row.source,
        camera=CameraRef(row.camera),
        bucket=Bucket(level=row.bucket_level, at=row.bucket_at),
        silenced_by=tuple(AlertKind(each) for each in row.silenced_by),
        silenced_since=row.silenced_since,
        judged_true=row.judged_true,
        judged_false=row.judged_false,
    )
