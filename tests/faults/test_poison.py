"""One issue whose steps can never be written must not hold up the others."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from tests.faults.fire import Town
from tests.faults.traffic import CLAIM, NOTE

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1200)]

MORE, ENOUGH = 16, 100.0  # shorter than anybody waits for an answer


@asynccontextmanager
async def poisoned(dsn: str, number: str) -> AsyncIterator[None]:
    """Every step of this issue fails in the database, and of no other."""
    record = await asyncpg.connect(dsn)
    try:
        await record.execute(
            f"""CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN IF NEW.issue_number = '{number}' THEN RAISE EXCEPTION 'poisoned'; END IF;
            RETURN NEW; END $$;
            CREATE TRIGGER poison BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION poison()"""
        )
        yield
    finally:
        await record.execute("DROP FUNCTION poison CASCADE")
        await record.close()


async def test_a_poisoned_issue_holds_up_no_other(town: Town) -> None:
    crowd = town.crowd
    number = await crowd.one(lambda: (CLAIM,))
    assert number is not None
    who, command, body = NOTE
    async with poisoned(town.rig.dsn, number):
        noting = asyncio.create_task(crowd.give(number, who, command, body))
        began = time.monotonic()
        await crowd.live(MORE)
        assert time.monotonic() - began < ENOUGH, "the others went on at their pace"
        assert not noting.done(), "nothing was promised that is not on record"
    assert await noting, "the cure is enough: what was asked for is done"
    await town.check("poisoned issue")
