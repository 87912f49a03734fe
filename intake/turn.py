"""One transaction's work on conditions: what it has read it keeps, because it holds the locks.

A repeat that has no consequence is written at the end, so six hundred in one transaction are one
update; whatever has a consequence is written at once.
"""

from collections.abc import Sequence
from datetime import datetime

from domain.alert import Alert, AlertKind, Phase
from domain.alerts.circumstances import Circumstances
from domain.alerts.condition import Condition, ConditionKey
from domain.alerts.consequences import Consequence, Outcome
from domain.alerts.law import issue_ended, meets, passes, was_judged
from domain.alerts.standing import EVERY_CAMERA, EVERY_SOURCE, CameraStanding
from domain.alerts.words import Verdict
from domain.ids import CameraRef
from intake.alert_policies import AlertPolicies
from intake.applying import AlertSource, Applied, Entered, GivenAlert
from intake.carrying_out import carry_out, is_quiet, maintenance_of
from storage.alerts.conditions import ConditionRepository, Kept
from storage.alerts.standings import Standings
from storage.session import Session


class Turn:
    """Without `finish` at its end, quiet repeats are lost."""

    def __init__(self, session: Session, policies: AlertPolicies) -> None:
        self._session = session
        self._policies = policies
        self._rows = ConditionRepository(session)
        self._latest: dict[ConditionKey, Kept | None] = {}
        self._unwritten: dict[int, Kept] = {}
        self._standings: dict[tuple[str, CameraRef], CameraStanding] = {}
        self.entered: list[Entered] = []
        """What changed its state, for who commits to count."""

    async def foresee(self, given: Sequence[GivenAlert]) -> None:
        """Reads at once what `apply` would ask for one by one: a storm comes from all cameras."""
        keys = {each.key for each in given}
        found = await self._rows.latest_of(keys)
        self._latest |= {key: found.get(key) for key in keys}
        cameras = {(each.source.code, each.key.camera) for each in given}
        said = await Standings(self._session).of_all(cameras)
        self._standings |= {
            each: CameraStanding(source=each[0], camera=each[1]) for each in cameras
        }
        self._standings |= {(each.source, each.camera): each for each in said}

    async def apply(self, given: GivenAlert) -> Applied:
        """The alert is counted on its condition, and what follows from it is done."""
        key, source, counted = given.key, given.source, len(self.entered)
        latest, caught_up = await self._read(key), tuple[Consequence, ...]()
        if latest is not None:
            latest, caught_up = await self.caught_up(latest, given.received_at)
        around = await self._around(key, source.code, given.received_at)
        before = latest.condition if latest else None
        outcome = meets(before, given.alert, key, source.where, around)
        if outcome.condition is None or outcome.condition == before:
            return self._applied(latest, (*caught_up, *outcome.consequences), counted)
        kept, done = await self._do(latest, outcome, around, given.received_at)
        return self._applied(kept, (*caught_up, *done.consequences), counted)

    async def caught_up(self, kept: Kept, now: datetime) -> tuple[Kept, tuple[Consequence, ...]]:
        """What time has changed by now, each at its own instant."""
        said: tuple[Consequence, ...] = ()
        while (due_at := kept.condition.due_at) is not None and due_at <= now:
            around = await self._around(kept.condition.key, kept.condition.source, due_at)
            outcome = passes(kept.condition, around)
            kept, done = await self._do(kept, outcome, around, now)
            said = (*said, *done.consequences)
        return kept, said

    async def judged(self, kept: Kept, verdict: Verdict, at: datetime) -> Kept:
        outcome = was_judged(kept.condition, verdict)
        if outcome.condition == kept.condition:
            return kept
        around = await self._around(kept.condition.key, kept.condition.source, at)
        after, _ = await self._do(kept, outcome, around, at)
        return after

    async def ended(self, kept: Kept, at: datetime, *, taken_back: bool) -> None:
        """The issue is closed, by people or because nothing was seen any more."""
        was_seen = taken_back and kept.condition.is_seen
        around = await self._around(kept.condition.key, kept.condition.source, at)
        await self._do(kept, issue_ended(kept.condition, around, taken_back=taken_back), around, at)

        if was_seen:  # meanwhile, so the issue that is gone was told and nobody else
            await self.apply(_seen_meanwhile(kept.condition, at))

    async def finish(self) -> None:
        """Writes what is not written yet."""
        await self._rows.save_all(tuple(self._unwritten.values()))
        self._unwritten.clear()

    # --- how -------------------------------------------------------------------------------------

    async def _read(self, key: ConditionKey) -> Kept | None:
        return self._latest[key] if key in self._latest else await self._rows.latest(key)

    async def _do(
        self, before: Kept | None, outcome: Outcome, around: Circumstances, now: datetime
    ) -> tuple[Kept, Outcome]:
        row = before.id if before and not outcome.is_new else None
        if row is not None and outcome.condition is not None and is_quiet(outcome):
            kept, done = Kept(row, outcome.condition), outcome
            self._unwritten[row] = kept
        else:
            if outcome.is_new:
                await self.finish()  # the one before it has to be closed in its row as well
            kept, done = await carry_out(self._session, row, outcome, around, now)
            self._unwritten.pop(kept.id, None)
            self._forget(around.standing)
        self._latest[kept.condition.key] = kept
        if row is None or before is None or before.condition.state is not kept.condition.state:
            self.entered.append(Entered(kept.condition.key.kind, kept.condition.state))
        noise = maintenance_of(done)
        if noise is not None:
            await self.apply(_noise(noise, kept.condition, now))
        return kept, done

    def _forget(self, standing: CameraStanding) -> None:
        """What was carried out may have changed this one and the source's, and no other."""
        for camera in (standing.camera, EVERY_CAMERA):
            self._standings.pop((standing.source, camera), None)

    async def _around(self, key: ConditionKey, source: str, at: datetime) -> Circumstances:
        camera = (source, key.camera)
        policy = await self._policies.of(self._session, key.kind, source)
        if camera not in self._standings or policy.silences:  # silenced by others meanwhile?
            self._standings[camera] = await Standings(self._session).of(*camera)
        return Circumstances(policy=policy, at=at, standing=self._standings[camera])

    def _applied(
        self, kept: Kept | None, consequences: tuple[Consequence, ...], counted: int
    ) -> Applied:
        return Applied(
            condition=kept.id if kept else None,
            issue=kept.condition.issue if kept else None,
            consequences=consequences,
            entered=tuple(self.entered[counted:]),
        )


def _seen_meanwhile(condition: Condition, now: datetime) -> GivenAlert:
    key = condition.key
    alert = Alert(
        delivery_key="engine:seen_meanwhile",
        vendor_type=key.kind,
        phase=Phase.PULSE,
        camera=key.camera,
        zone=key.zone,
        confidence=condition.max_confidence,
    )
    source = AlertSource(code=condition.source, community=key.community, place=condition.place)
    return GivenAlert(alert=alert, kind=key.kind, source=source, received_at=now)


def _noise(kind: AlertKind, about: Condition, now: datetime) -> GivenAlert:
    """Noise is a condition like any other, so however long it lasts it is one issue."""
    of_camera, of_all = kind is AlertKind.CAMERA_NOISY, kind is AlertKind.COMMUNITY_NOISY
    alert = Alert(
        delivery_key=f"engine:{kind}",
        vendor_type=kind,
        phase=Phase.PULSE,
        camera=about.key.camera if of_camera else EVERY_CAMERA,
    )
    source = AlertSource(
        code=EVERY_SOURCE if of_all else about.source,
        community=about.key.community,
        place=about.place if of_camera else None,
    )
    return GivenAlert(alert=alert, kind=kind, source=source, received_at=now)
