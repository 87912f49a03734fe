"""The engine at work on a database of the test's own: real workflows, real record, no API."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from secrets import token_hex
from typing import Any

import asyncpg
from sqlalchemy import text
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import DeleteWorkflowExecutionRequest
from temporalio.client import Client, WorkflowHandle
from temporalio.service import RPCError

from activities.upkeep import Checked, Finding, PageOfIssues, Part
from api.engine import Engine
from domain import commands as c
from domain.ids import CommandId, IssueNumber
from domain.issue import Issue
from domain.vocabulary import Role
from intake.reconciler import Reconciler
from intake.relay import Relay
from observability import clock
from settings import Settings
from storage.issues import IssueRepository
from storage.reference import ReferenceRepository
from storage.session import Database
from tests.activities.desk import ADMINISTRATOR, FURNITURE, A
from tests.builders import POLICE, an_actor
from tests.storage.stories import born
from tests.workflows.patience import patient
from worker import activities_of, workflow_worker
from workflows import contracts
from workflows.payloads import DATA_CONVERTER

AT_ONCE = timedelta(seconds=-1)
"""A grace for tests: what happened just now is looked at as well."""
HOLDER = an_actor(Role.STAFF, subject=A, department=POLICE)


def settings(url: str) -> Settings:
    return Settings(database_url=url, jwt_secret="x" * 32)  # type: ignore[arg-type]  # pydantic wraps it


@dataclass
class Yard:
    """Raises issues and moves them; breaks things as an accident would."""

    url: str
    database: Database
    client: Client
    prefix: str = field(default_factory=lambda: f"Y{token_hex(4)}")

    def handle(self, number: IssueNumber) -> WorkflowHandle[Any, Any]:
        return self.client.get_workflow_handle(contracts.issue_workflow_id(number))

    async def born(self) -> IssueNumber:
        """Accepted; nothing has started it."""
        return await born(self.database, prefix=self.prefix, raised_at=clock.now())

    async def dispatched(self) -> IssueNumber:
        """Raised, started and sent to the police by rule."""
        number = await self.born()
        await Relay(self.database, self.client, clock.now).drain()
        await self.give(number, note())
        return number

    async def give(self, number: IssueNumber, command: c.Command) -> contracts.Answer:
        """As the API gives it."""
        return await Engine(self.client).ask(number, command)

    async def on_record(self, number: IssueNumber) -> Issue:
        async with self.database.read() as session:
            issue = await IssueRepository(session).snapshot(number)
        assert issue is not None
        return issue

    async def execute(self, *statements: str) -> None:
        """SQL behind the engine's back, triggers and foreign keys off."""
        connection = await asyncpg.connect(self.url.replace("+asyncpg", ""))
        await connection.execute("SET session_replication_role = replica")
        for statement in statements:
            await connection.execute(statement)
        await connection.close()

    async def lose_workflow(self, number: IssueNumber) -> None:
        """Temporal forgets it, as after a restore from an old copy."""
        execution = WorkflowExecution(workflow_id=contracts.issue_workflow_id(number))
        await self.client.workflow_service.delete_workflow_execution(
            DeleteWorkflowExecutionRequest(
                namespace=self.client.namespace, workflow_execution=execution
            )
        )
        try:
            while True:
                await self.handle(number).describe()
        except RPCError:
            return

    def reconciler(self, ahead: timedelta = timedelta()) -> Reconciler:
        return Reconciler(self.database, self.client, lambda: clock.now() + ahead, AT_ONCE)

    async def findings(
        self, part: Part = Part.OPEN, ahead: timedelta = timedelta()
    ) -> tuple[Finding, ...]:
        page = PageOfIssues(part=part)
        checked: Checked = await self.reconciler(ahead).check_issues(page)
        return checked.findings


def note() -> c.AddNote:
    return c.AddNote(actor=HOLDER, id=CommandId(token_hex(8)))


def claim() -> c.ClaimIssue:
    return c.ClaimIssue(actor=HOLDER, id=CommandId(token_hex(8)))


async def furnished_long_ago(database: Database) -> None:
    """Reference data that are older than anything that happens to an issue here."""
    async with database.begin() as session:
        for kind, body in FURNITURE:
            await ReferenceRepository(session).write(
                kind,
                str(getattr(body, "code")),  # noqa: B009 - every kind has one
                body,
                expected_version=0,
                actor=ADMINISTRATOR,
                at=clock.now() - timedelta(days=30),
            )


@asynccontextmanager
async def yard(url: str, database: Database, client: Client) -> AsyncIterator[Yard]:
    """With a worker; nothing of it runs on beside the next test."""
    await furnished_long_ago(database)
    client = Client(client.service_client, data_converter=DATA_CONVERTER)
    one = Yard(url, database, client)
    async with patient(workflow_worker(client, activities_of(database, client, settings(url)))):
        yield one
        await _end_all(one)


async def _end_all(one: Yard) -> None:
    """Issues before the meetings they might still convene."""
    for table in ("issues", "meetings"):
        async with one.database.read() as session:
            found = await session.execute(text(f"SELECT number FROM {table}"))
            numbers = found.scalars().all()
        for number in numbers:
            workflow_id = f"{table.removesuffix('s')}/{number}"
            try:
                await one.client.get_workflow_handle(workflow_id).terminate()
            except RPCError:
                continue
