"""How a recipient is told: their own policy, else the one of their kind, else the default."""

from collections.abc import Iterable

from domain.reference import NoticePolicy, ReferenceKind
from storage.entry_reads import Wanted
from storage.reference import ReferenceRepository

DEFAULT_POLICY = "default"
_PLAIN = NoticePolicy(code=DEFAULT_POLICY)


def policies_for(recipients: Iterable[str]) -> list[Wanted]:
    """All that `policy_for` may look at, so that it can be foreseen."""
    codes = (code for recipient in recipients for code in _policy_codes(recipient))
    return [Wanted(ReferenceKind.NOTICE_POLICY, code) for code in codes]


async def policy_for(references: ReferenceRepository, recipient: str) -> NoticePolicy:
    """The recipient's own policy, else the one of its kind, else the default."""
    for code in _policy_codes(recipient):
        policy = await references.notice_policy(code)
        if policy is not None:
            return policy
    return _PLAIN


def _policy_codes(recipient: str) -> tuple[str, ...]:
    return recipient, recipient.partition(":")[0], DEFAULT_POLICY
