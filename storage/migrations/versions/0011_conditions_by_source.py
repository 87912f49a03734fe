"""Two sources may each have a camera of one name. Expands only.

What was unique stays so within a source. A release before this one goes on to look for conditions
without their source; until it is gone that takes a walk through the table. By source comes first,
because the list of what was read asks without a community.

Revision ID: 0011_conditions_by_source
Revises: 0010_vendor_events
"""

from alembic import op

revision = "0011_conditions_by_source"
down_revision = "0010_vendor_events"
branch_labels = None
depends_on = None

NEW = {
    "uq_alert_conditions_open_of_source": "(community, camera, zone, kind, source)",
    "ix_alert_conditions_key_of_source": "(source, camera, zone, kind, community, id)",
}
OLD = {
    "uq_alert_conditions_open": "(community, camera, zone, kind)",
    "ix_alert_conditions_key": "(community, camera, zone, kind, id)",
}


def _replace(gone: dict[str, str], made: dict[str, str]) -> None:
    """The table is written to meanwhile; what broke off half way is begun anew."""
    with op.get_context().autocommit_block():
        for name, columns in made.items():
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            unique, where = ("UNIQUE", "WHERE state <> 'closed'") if name[:2] == "uq" else ("", "")
            op.execute(
                f"CREATE {unique} INDEX CONCURRENTLY {name} ON alert_conditions {columns} {where}"
            )
        for name in gone:
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")


def upgrade() -> None:
    _replace(gone=OLD, made=NEW)


def downgrade() -> None:
    _replace(gone=NEW, made=OLD)
