"""When the clocks of a meeting call next. Expands only.

Rows from before are filled by the reconciler as it reads them. The index is built beside the
writers; one that was left unfinished by an interrupted run is dropped first.

Revision ID: 0008_meeting_clock
Revises: 0007_raw_alerts
"""

from alembic import op

revision = "0008_meeting_clock"
down_revision = "0007_raw_alerts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE meetings ADD COLUMN IF NOT EXISTS next_at timestamptz")
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_meetings_clock")
        op.execute(
            "CREATE INDEX CONCURRENTLY ix_meetings_clock ON meetings (next_at)"
            " WHERE next_at IS NOT NULL"
        )


def downgrade() -> None:
    op.execute("ALTER TABLE meetings DROP COLUMN next_at")
