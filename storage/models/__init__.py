"""The rows; nothing outside `storage` sees one."""

from storage.models.accounts import (
    AccountRow,
    AppointmentRow,
    IdentityRow,
    RefreshTokenRow,
    SignInAttemptRow,
    SignInCodeRow,
    SignInSessionRow,
)
from storage.models.alerts import (
    AlertConditionRow,
    AlertNoteRow,
    AlertWithdrawalRow,
    CameraStandingRow,
)
from storage.models.audit import AuditEntryRow, AuditLinkRow, AuditMarkRow
from storage.models.base import Base
from storage.models.data_keys import DataKeyRow
from storage.models.issues import ISSUE_NUMBERS, IssueRow, ReporterRow, TextRow
from storage.models.meetings import (
    MeetingEventRow,
    MeetingItemRow,
    MeetingPartyRow,
    MeetingRow,
    MeetingTaskRow,
)
from storage.models.messages import IdempotencyRow, OutboxRow, RecheckRow
from storage.models.pictures import PictureRow
from storage.models.places import FollowerRow, HouseholdRow, PositionRow
from storage.models.raw_messages import (
    AlertEventRow,
    AlertPictureRow,
    CredentialRow,
    HeardSourceRow,
    RawMessageRow,
)
from storage.models.record import AssignmentRow, DeadlineRow, EventRow
from storage.models.reference import ReferenceChangesRow, ReferenceRow
from storage.models.residents import ResidentCodeRow, ResidentLinkRow

__all__ = [
    "ISSUE_NUMBERS",
    "AccountRow",
    "AlertConditionRow",
    "AlertEventRow",
    "AlertNoteRow",
    "AlertPictureRow",
    "AlertWithdrawalRow",
    "AppointmentRow",
    "AssignmentRow",
    "AuditEntryRow",
    "AuditLinkRow",
    "AuditMarkRow",
    "Base",
    "CameraStandingRow",
    "CredentialRow",
    "DataKeyRow",
    "DeadlineRow",
    "EventRow",
    "FollowerRow",
    "HeardSourceRow",
    "HouseholdRow",
    "IdempotencyRow",
    "IdentityRow",
    "IssueRow",
    "MeetingEventRow",
    "MeetingItemRow",
    "MeetingPartyRow",
    "MeetingRow",
    "MeetingTaskRow",
    "OutboxRow",
    "PictureRow",
    "PositionRow",
    "RawMessageRow",
    "RecheckRow",
    "ReferenceChangesRow",
    "ReferenceRow",
    "RefreshTokenRow",
    "ReporterRow",
    "ResidentCodeRow",
    "ResidentLinkRow",
    "SignInAttemptRow",
    "SignInCodeRow",
    "SignInSessionRow",
    "TextRow",
]
