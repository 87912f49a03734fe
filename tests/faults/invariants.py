"""What must hold whatever happened: asked of the record, of Temporal and of the ledger."""

import asyncio
import time
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta

import asyncpg
from temporalio.client import Client, WorkflowExecutionStatus

from activities.upkeep import Finding, FindingKind, PageOfIssues, PageOfMeetings, Part
from domain.vocabulary import WINDOWS
from intake.reconciler import Reconciler
from intake.reconciler_of_meetings import MeetingReconciler
from observability.clock import now
from storage.session import Database
from tests.faults.sink import Sink
from tests.faults.traffic import Ledger
from workflows.contracts import issue_workflow_id, meeting_workflow_id

_LATEST = 420.0  # seconds until everything due has happened
_PAUSE = 0.5
_WAITS = (FindingKind.CLOCK_IGNORED, FindingKind.WORKFLOW_SILENT)
_LATE = 60.0  # seconds that a clock may take longer because of a kill, once all is quiet
_GRACE = timedelta(seconds=5)
_PEOPLES = "command_id ~ '^[0-9a-f]{12}[.]'"  # as `api.asking.command_id` makes them

# The right to do something lapses and is never breached; the reconciler sees when that is late.
_RIGHTS = ", ".join(f"'{kind}'" for kind in sorted(WINDOWS))
_DUTY = f"is_running AND breached_at IS NULL AND kind NOT IN ({_RIGHTS})"

_PAGE, _MANY = 200, 10_000
_DELIVERED = """SELECT issue_number, recipient, template, stage FROM notices
    WHERE channel = 'webhook' AND delivered_at IS NOT NULL"""

_HAPPENED = f"""SELECT issue_number, command_id, version FROM events WHERE {_PEOPLES} UNION ALL
    SELECT meeting_number, command_id, version FROM meeting_events WHERE {_PEOPLES}"""

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
    "meetings": "SELECT count(*) FROM meetings",
    "decided": "SELECT count(*) FROM meeting_events WHERE name = 'agenda_item_decided'",
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
        AND (name = 'deadline_breached' AND payload->>'deadline' = d.deadline_id
        OR d.kind = 'meeting' AND name = 'meeting_ended'))""",
    "gaps in meetings": """SELECT count(*) FROM meetings m WHERE m.version <>
        (SELECT count(*) FROM meeting_events e WHERE e.meeting_number = m.number) OR m.version <>
        (SELECT max(version) FROM meeting_events e WHERE e.meeting_number = m.number)""",
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
            events = await record.fetch(_HAPPENED)
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


async def heard(dsn: str, sink: Sink) -> dict[str, int]:
    """What arrived where webhooks go, against the outbox that says what was delivered."""
    record = await asyncpg.connect(dsn)
    try:
        rows = await record.fetch(_DELIVERED)
    finally:
        await record.close()
    arrived = sink.heard()
    return {
        "told and not heard": len({tuple(row.values()) for row in rows} - set(arrived)),
        "heard twice": sum(times > 1 for times in arrived.values()),
    }


async def workflows(client: Client, dsn: str) -> dict[str, int]:
    """Issues and meetings without a chain of runs, and with more than one."""
    record = await asyncpg.connect(dsn)
    try:
        issues = await record.fetch("SELECT number FROM issues")
        meetings = await record.fetch("SELECT number FROM meetings")
    finally:
        await record.close()
    ids = {
        "IssueWorkflow": [issue_workflow_id(row["number"]) for row in issues],
        "JointMeetingWorkflow": [meeting_workflow_id(row["number"]) for row in meetings],
    }
    found: Counter[str] = Counter()
    for kind, expected in ids.items():
        chains = await _chains(client, kind)
        found["without workflow"] += sum(chains[each] == 0 for each in expected)
        found["with two workflows"] += sum(chains[each] > 1 for each in expected)
        found["workflows of nothing"] += len(set(chains) - set(expected))
    return dict(found)


async def _chains(client: Client, kind: str) -> Counter[str]:
    """How many chains there are of each id.

    A run that ends while pages are read is on two of them; what was said last of it holds.
    """
    runs: dict[tuple[str, str], WorkflowExecutionStatus | None] = {}
    async for run in client.list_workflows(f"WorkflowType = '{kind}'"):
        runs[run.id, run.run_id] = run.status
    carried_on = WorkflowExecutionStatus.CONTINUED_AS_NEW
    return Counter(id_ for (id_, _), status in runs.items() if status is not carried_on)


async def findings(database: Database, client: Client) -> list[Finding]:
    """What the engine's own reconciler finds: record, workflow and replayed events differ.

    What only waits is looked at again: an issue of a killed worker is first offered to that one,
    so it is late, or silent, for some seconds. What is lost never comes.
    """
    ends = time.monotonic() + _LATE
    found = await _seen(database, client)
    while found and all(each.kind in _WAITS for each in found) and time.monotonic() < ends:
        await asyncio.sleep(_PAUSE)
        found = await _seen(database, client)  # whole, however long a look takes
    return found


async def _seen(database: Database, client: Client) -> list[Finding]:
    issues = Reconciler(database, client, now, _GRACE)
    meetings = MeetingReconciler(database, client, now, _GRACE)
    found = [*(await issues.check_queues(_PAGE)).findings]
    for part in Part:
        after, is_end = 0, False
        while not is_end:
            page = await issues.check_issues(PageOfIssues(part=part, after=after, limit=_PAGE))
            found += page.findings
            after, is_end = page.after, page.after == 0
        sitting = await meetings.check_meetings(PageOfMeetings(part=part, after=0, limit=_MANY))
        assert sitting.after == 0, "one page holds all meetings of a run"
        found += sitting.findings
    return found


async def _numbers(record: "asyncpg.Connection", queries: Mapping[str, str]) -> dict[str, int]:
    return {name: await record.fetchval(query) for name, query in queries.items()}
