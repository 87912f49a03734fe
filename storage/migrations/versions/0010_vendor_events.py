"""Events of vendors are found by their name, for what follows them. An index, built beside writes.

Revision ID: 0010_vendor_events
Revises: 0009_heard_sources
"""

from alembic import op

revision = "0010_vendor_events"
down_revision = "0009_heard_sources"
branch_labels = None
depends_on = None

NAME = "ix_alert_events_vendor_event"


def upgrade() -> None:
    """One that was left half built by a failure is no use, and is built anew."""
    with op.get_context().autocommit_block():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {NAME}")
        op.execute(
            f"CREATE INDEX CONCURRENTLY {NAME} ON alert_events (source, vendor_event_id) "
            "WHERE vendor_event_id IS NOT NULL"
        )


def downgrade() -> None:
    op.execute(f"DROP INDEX {NAME}")
