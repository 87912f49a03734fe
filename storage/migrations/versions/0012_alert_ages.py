"""Alerts whose message is gone are found by their age. An index, built beside writes.

Revision ID: 0012_alert_ages
Revises: 0010_vendor_events
"""

from alembic import op

revision = "0012_alert_ages"
down_revision = "0010_vendor_events"
branch_labels = None
depends_on = None

NAME = "ix_alert_events_outlived"


def upgrade() -> None:
    """One that was left half built by a failure is no use, and is built anew."""
    with op.get_context().autocommit_block():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {NAME}")
        op.execute(
            f"CREATE INDEX CONCURRENTLY {NAME} ON alert_events (received_at) WHERE raw_id IS NULL"
        )


def downgrade() -> None:
    op.execute(f"DROP INDEX {NAME}")
