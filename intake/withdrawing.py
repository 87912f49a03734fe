"""Takes back issues that nobody has taken up, when their camera sees the thing no more.

The issue's own workflow decides, as with any command: what somebody was called to, confirmed or
followed is never closed because a camera fell silent.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from temporalio.client import Client, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from domain.commands import WithdrawIssue
from domain.refusals import Refusal
from domain.vocabulary import WithdrawalReason
from observability import metrics
from storage.alerts.withdrawals import Asked, WithdrawalOutcome, Withdrawals
from storage.session import Database, Unreachable
from workflows import contracts

log = structlog.get_logger(__name__)

BATCH = 20
_EVERY_S = 2.0
_PATIENCE_S = 10.0
_LATER = timedelta(seconds=30)
_GIVEN_UP = timedelta(days=1)
"""Whatever the issue waits for, a camera's silence of yesterday is no reason any more."""


class Withdrawing:
    """Any number may run at once; asked twice, an issue gives the same answer."""

    def __init__(self, database: Database, client: Client, now: Callable[[], datetime]) -> None:
        self._database = database
        self._client = client
        self._now = now

    async def run(self, stopping: asyncio.Event, every_s: float = _EVERY_S) -> None:
        """Until `stopping` is set; troubles are logged and tried again."""
        while not stopping.is_set():
            try:
                await self.drain()
            except Unreachable as trouble:
                log.warning("withdrawing_troubled", error=str(trouble))
            try:
                await asyncio.wait_for(stopping.wait(), every_s)
            except TimeoutError:
                continue

    async def drain(self) -> int:
        """One batch; how many issues were taken back."""
        async with self._database.begin() as session:
            due = await Withdrawals(session).take(self._now(), BATCH)
        return sum([await self._settle(each) is WithdrawalOutcome.WITHDRAWN for each in due])

    async def _settle(self, asked: Asked) -> WithdrawalOutcome | None:
        outcome = asked.outcome or await self._outcome(asked)
        now = self._now()
        async with self._database.begin() as session:
            if outcome is None:
                await Withdrawals(session).put_back(asked.id, now + _LATER)
            else:
                await Withdrawals(session).settle(asked.id, outcome, now)
        if outcome is not None:
            metrics.ALERT_WITHDRAWALS_TOTAL.labels(outcome=outcome).inc()
            log.info("alert_withdrawal_settled", issue=asked.issue, outcome=outcome)
        return outcome

    async def _outcome(self, asked: Asked) -> WithdrawalOutcome | None:
        """None: it cannot be asked now."""
        command = WithdrawIssue.by_engine(f"cleared:{asked.id}", why=WithdrawalReason.NOT_SEEN)
        handle = self._client.get_workflow_handle(contracts.issue_workflow_id(asked.issue))
        try:
            async with asyncio.timeout(_PATIENCE_S):
                await handle.execute_update(
                    "withdraw", command, id=command.id, result_type=contracts.Answer
                )
        except WorkflowUpdateFailedError as failure:
            return _refused(failure.cause)
        except RPCError as trouble:
            return await self._unanswered(asked, trouble)
        except TimeoutError:
            return None
        return WithdrawalOutcome.WITHDRAWN

    async def _unanswered(self, asked: Asked, trouble: RPCError) -> WithdrawalOutcome | None:
        """Nobody is there: not started yet, or over."""
        if trouble.status is not RPCStatusCode.NOT_FOUND:
            log.warning("withdrawing_troubled", error=trouble.status.name)
            return None
        async with self._database.read() as session:
            return await Withdrawals(session).end_of(asked.id, self._now() - _GIVEN_UP)


def _refused(cause: BaseException) -> WithdrawalOutcome | None:
    """A run that makes room for the next one says so with another type, and is asked again."""
    if isinstance(cause, ApplicationError) and cause.type == Refusal.__name__:
        return WithdrawalOutcome.REFUSED
    return None
