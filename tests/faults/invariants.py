"""What must hold whatever happened: asked of the record, of Temporal and of the ledger."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta

import asyncpg
from temporalio.client import Client, WorkflowExecutionStatus

from activities.upkeep import Finding, PageOfIssues, Part
from domain.vocabulary import WINDOWS
from intake.reconciler import Reconciler
from observability.clock import now
from storage.session import Database
from tests.faults.traffic import Ledger
from workflows.contracts import issue_workflow_id

_LATEST = 240.0  # seconds until everything due has happened
_PAUSE = 0.5
_GRACE = timedelta(seconds=5)
_PEOPLES = "command_id ~ '^[0-9a-f]{12}[.]'"  # as `api.asking.command_id` makes them

# The right to do something lapses and is never breached; the reconciler sees when that is late.
_RIGHTS = ", ".join(f"'{kind}'" for kind in sorted(WINDOWS))
_DUTY = f"is_running AND breached_at IS NULL AND kind NOT IN ({_RIGHTS})"

WAITING: Mapping[str, str] = {
    "unborn": "SELECT count(*) FROM issues WHERE workflow_started_at IS NULL",
    "overdue": f"""SELECT count(*) FROM deadlines WHERE {_DUTY}
        AND due_by < now() - interval '3 s'""",
    "untold": "SELECT count(*) FROM notices WHERE next_at < now() - interval '3 s'",
}
COUNTS: Mapping[str, str] = {
    "issues": "SELECT count(*) FROM issues",
    "events": "SELECT count(*) FROM events",
    "met": "SELECT count(*) FROM deadlines WHERE met_at IS NOT NULL",
    "breached": "SELECT count(*) FROM deadlines WHERE breached_at IS NOT NULL",
    "notices": "SELECT count(*) FROM notices",
}
BROKEN: Mapping[str, str] = {
    "gaps in versions": """SELECT count(*) FROM issues i WHERE i.version + 1 <>
        (SELECT count(*) FROM events e WHERE e.issue_number = i.number) OR i.version <>
        (SELECT max(version) FROM events e WHERE e.issue_number = i.number)""",
    "due, not met, not breached": f"""SELECT count(*) FROM deadlines WHERE {_DUTY}
        AND due_by < now() - interval '10 s'""",
    "breached twice": """SELECT count(*) FROM (SELECT FROM events WHERE name = 'deadline_breached'
        GROUP BY issue_number, payload->>'deadline' HAVING count(*) > 1) twice""",
    "breach without event": """SELECT count(*) FROM deadlines d WHERE breached_at IS NOT NULL
        AND NOT EXISTS (SELECT FROM events e WHERE e.issue_number = d.issue_number
        AND name = 'deadline_breached' AND payload->>'deadline' = d.deadline_id)""",
    "told twice": """SELECT count(*) FROM (SELECT FROM notices GROUP BY issue_number, recipient,
        channel, template, stage HAVING count(*) > 1) twice""",
}


async def settled(dsn: str) -> None:
    """Returns when nothing is due any more; clocks run on, and nobody acts."""
    record = await asyncpg.connect(dsn)
    waiting: dict[str, int] = {}
    try:
        async with asyncio.timeout(_LATEST):
            while any((waiting := await _numbers(record, WAITING)).values()):  # noqa: ASYNC110 - SQL rings no bell
                await asyncio.sleep(_PAUSE)
    except TimeoutError as late:
        raise AssertionError(f"after {_LATEST:g} s there still are {waiting}") from late
    finally:
        await record.close()


async def counted(dsn: str, ledger: Ledger) -> tuple[dict[str, int], dict[str, int]]:
    """How much there is, and how much of it is broken, all seen at one instant."""
    record = await asyncpg.connect(dsn)
    try:
        async with record.transaction(isolation="repeatable_read", readonly=True):
            counts = await _numbers(record, COUNTS)
            broken = await _numbers(record, BROKEN)
            issues = await record.fetch("SELECT number FROM issues")
            events = await record.fetch(
                f"SELECT issue_number, command_id, version FROM events WHERE {_PEOPLES}"
            )
    finally:
        await record.close()
    on_record = {row["number"] for row in issues}
    told = {(each.number, each.command, each.version) for each in ledger.given}
    happened = {tuple(row.values()) for row in events}
    counts |= {"whistles": len(ledger.raised), "commands": len(ledger.given)}
    broken |= {
        "whistles lost": len(set(ledger.numbers) - on_record),
        "whistles answered with one number": len(ledger.numbers) - len(set(ledger.numbers)),
        "issues of no whistle": len(on_record - set(ledger.numbers)),
        "commands lost": len(told - happened),
        "events of no command": len(happened - told),
        "wrong answers": len(ledger.wrong),
    }
    return counts, broken


async def workflows(client: Client, numbers: list[str]) -> dict[str, int]:
    """Issues without a chain of runs, and with more than one."""
    chains: Counter[str] = Counter()
    async for run in client.list_workflows("WorkflowType = 'IssueWorkflow'"):
        if run.status is not WorkflowExecutionStatus.CONTINUED_AS_NEW:
            chains[run.id] += 1
    ids = [issue_workflow_id(number) for number in numbers]  # type: ignore[arg-type]
    return {
        "issues without workflow": sum(chains[each] == 0 for each in ids),
        "issues with two workflows": sum(chains[each] > 1 for each in ids),
        "workflows of no issue": len(set(chains) - set(ids)),
    }


async def findings(database: Database, client: Client) -> list[Finding]:
    """What the engine's own reconciler finds: record, workflow and replayed events differ."""
    reconciler = Reconciler(database, client, now, _GRACE)
    found: list[Finding] = []
    for part in Part:
        after, is_end = 0, False
        while not is_end:
            page = await reconciler.check_issues(PageOfIssues(part=part, after=after, limit=200))
            found += page.findings
            after, is_end = page.after, page.after == 0
    return found


async def _numbers(record: "asyncpg.Connection", queries: Mapping[str, str]) -> dict[str, int]:
    return {name: await record.fetchval(query) for name, query in queries.items()}
