"""Since when nothing personal is left of an issue. Expands only.

Revision ID: 0015_anonymised
Revises: 0014_sign_in_codes
"""

from alembic import op

revision = "0015_anonymised"
down_revision = "0014_sign_in_codes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE issues ADD COLUMN anonymised_at timestamptz")
    op.execute(
        "ALTER TABLE issues ADD CONSTRAINT ck_issues_anonymised"
        " CHECK (anonymised_at IS NULL OR closed_at IS NOT NULL) NOT VALID"
    )
    op.execute("ALTER TABLE issues VALIDATE CONSTRAINT ck_issues_anonymised")
    op.execute(
        "CREATE INDEX ix_issues_to_anonymise ON issues (closed_at)"
        " WHERE closed_at IS NOT NULL AND anonymised_at IS NULL"
    )
    op.execute("CREATE INDEX ix_texts_author ON texts (author) WHERE erased_at IS NULL")


def downgrade() -> None:
    op.execute("DROP INDEX ix_texts_author")
    op.execute("DROP INDEX ix_issues_to_anonymise")
    op.execute("ALTER TABLE issues DROP COLUMN anonymised_at")
