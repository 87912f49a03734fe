"""Until when a source was heard without a gap. Expands only.

Revision ID: 0009_heard_sources
Revises: 0008_meeting_clock
"""

from alembic import op

revision = "0009_heard_sources"
down_revision = "0008_meeting_clock"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "CREATE TABLE alert_sources_heard (source text NOT NULL, heard_until timestamptz NOT NULL, "
        "CONSTRAINT pk_alert_sources_heard PRIMARY KEY (source))"
    )


def downgrade() -> None:
    op.execute("DROP TABLE alert_sources_heard")
