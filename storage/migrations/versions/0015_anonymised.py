"""Since when nothing personal is left of an issue.

Expands only. Issues are locked for the column alone; that old rows hold to the constraint is looked
up, and the indexes are built, beside the writers. All of it may be run again after a failure.

Revision ID: 0015_anonymised
Revises: 0014_sign_in_codes
"""

from alembic import op

revision = "0015_anonymised"
down_revision = "0014_sign_in_codes"
branch_labels = None
depends_on = None


INDEXES = {
    "ix_issues_to_anonymise": "issues (closed_at)"
    " WHERE closed_at IS NOT NULL AND anonymised_at IS NULL",
    "ix_texts_author": "texts (author) WHERE erased_at IS NULL",
}


def upgrade() -> None:
    op.execute(
        "ALTER TABLE issues ADD COLUMN IF NOT EXISTS anonymised_at timestamptz,"
        " DROP CONSTRAINT IF EXISTS ck_issues_anonymised, ADD CONSTRAINT ck_issues_anonymised"
        " CHECK (anonymised_at IS NULL OR closed_at IS NOT NULL) NOT VALID"
    )
    with op.get_context().autocommit_block():
        op.execute("ALTER TABLE issues VALIDATE CONSTRAINT ck_issues_anonymised")
        for name, what in INDEXES.items():
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.execute(f"CREATE INDEX CONCURRENTLY {name} ON {what}")


def downgrade() -> None:
    for name in INDEXES:
        op.execute(f"DROP INDEX IF EXISTS {name}")
    op.execute("ALTER TABLE issues DROP COLUMN anonymised_at")
