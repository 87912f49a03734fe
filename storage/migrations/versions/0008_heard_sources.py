"""Until when a source was heard without a gap. Expands only.

Revision ID: 0008_heard_sources
Revises: 0007_raw_alerts
"""

from alembic import op

revision = "0008_heard_sources"
down_revision = "0007_raw_alerts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "CREATE TABLE alert_sources_heard (source text NOT NULL, heard_until timestamptz NOT NULL, "
        "CONSTRAINT pk_alert_sources_heard PRIMARY KEY (source))"
    )


def downgrade() -> None:
    op.execute("DROP TABLE alert_sources_heard")
