"""The checker is not blind: it sees what is missing from the record, and what nobody asked for."""

from dataclasses import replace

import pytest

from tests.faults import invariants
from tests.faults.fire import Town
from tests.faults.traffic import Given

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1200)]


async def test_what_is_lost_is_seen(town: Town) -> None:
    ledger, never = town.ledger, Given("QJ-1999-0000001", "0123456789ab.never", 1)
    lying = replace(
        ledger, raised={**ledger.raised, "x": never.number}, given=[*ledger.given, never]
    )
    _, broken = await invariants.counted(town.rig.dsn, lying)
    assert (broken["whistles lost"], broken["commands lost"]) == (1, 1)


async def test_what_nobody_asked_for_is_seen(town: Town) -> None:
    ledger = town.ledger
    key = next(iter(ledger.raised))
    raised = {each: number for each, number in ledger.raised.items() if each != key}
    forgetful = replace(ledger, raised=raised, given=ledger.given[1:])
    _, broken = await invariants.counted(town.rig.dsn, forgetful)
    assert (broken["issues of no whistle"], broken["events of no command"]) == (1, 1)
