"""Alerts whose message is gone are found by their age; what cameras see no more is taken back.

Expands only. The index is built beside the writers; one that was left half built by a failure is
no use, and is built anew.

Revision ID: 0012_alert_upkeep
Revises: 0011_conditions_by_source
"""

from alembic import op

revision = "0012_alert_upkeep"
down_revision = "0011_conditions_by_source"
branch_labels = None
depends_on = None

NAME = "ix_alert_events_outlived"
TABLE = """
CREATE TABLE IF NOT EXISTS alert_withdrawals (
    id bigint GENERATED ALWAYS AS IDENTITY, issue_number text NOT NULL,
    condition_id bigint NOT NULL, asked_at timestamptz NOT NULL, next_at timestamptz,
    outcome text, settled_at timestamptz,
    CONSTRAINT pk_alert_withdrawals PRIMARY KEY (id),
    CONSTRAINT fk_alert_withdrawals_issue_number FOREIGN KEY(issue_number) REFERENCES issues (number),
    CONSTRAINT fk_alert_withdrawals_condition_id FOREIGN KEY(condition_id)
        REFERENCES alert_conditions (id),
    CONSTRAINT ck_alert_withdrawals_settled CHECK ((next_at IS NULL) = (outcome IS NOT NULL))
);
CREATE INDEX IF NOT EXISTS ix_alert_withdrawals_issue_number ON alert_withdrawals (issue_number);
CREATE INDEX IF NOT EXISTS ix_alert_withdrawals_due ON alert_withdrawals (next_at)
    WHERE next_at IS NOT NULL
"""


def upgrade() -> None:
    for statement in TABLE.split(";\n"):
        op.execute(statement)
    with op.get_context().autocommit_block():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {NAME}")
        op.execute(
            f"CREATE INDEX CONCURRENTLY {NAME} ON alert_events (received_at) WHERE raw_id IS NULL"
        )


def downgrade() -> None:
    op.execute("DROP TABLE alert_withdrawals")
    op.execute(f"DROP INDEX {NAME}")
