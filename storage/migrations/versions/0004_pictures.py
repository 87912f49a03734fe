"""Pictures of issues: whose, on which step, what is left of them. Expands only.

Revision ID: 0004_pictures
Revises: 0003_beyond_county
"""

from alembic import op

revision = "0004_pictures"
down_revision = "0003_beyond_county"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE pictures (
    id text NOT NULL, uploaded_by text NOT NULL, key text NOT NULL,
    uploaded_at timestamptz NOT NULL, sha256 text NOT NULL, original_bytes integer NOT NULL,
    width integer NOT NULL, height integer NOT NULL, stored_at timestamptz,
    issue_number text, command_id text, role text, ordinal integer, claimed_at timestamptz,
    settled_at timestamptz, erased_at timestamptz, removed_at timestamptz,
    CONSTRAINT pk_pictures PRIMARY KEY (id),
    CONSTRAINT uq_pictures_uploaded_by_key UNIQUE (uploaded_by, key),
    CONSTRAINT fk_pictures_issue_number FOREIGN KEY (issue_number) REFERENCES issues (number),
    CONSTRAINT ck_pictures_id CHECK (id ~ '^[0-9a-f]{32}$'),
    CONSTRAINT ck_pictures_key_size CHECK (length(key) BETWEEN 1 AND 128),
    CONSTRAINT ck_pictures_sha256_size CHECK (length(sha256) = 64),
    CONSTRAINT ck_pictures_size CHECK (width > 0 AND height > 0 AND original_bytes > 0),
    CONSTRAINT ck_pictures_role CHECK (role IN ('before', 'during', 'after')),
    CONSTRAINT ck_pictures_claimed
        CHECK (num_nulls(issue_number, command_id, role, ordinal, claimed_at) IN (0, 5)),
    CONSTRAINT ck_pictures_stored CHECK (issue_number IS NULL OR stored_at IS NOT NULL),
    CONSTRAINT ck_pictures_settled CHECK (settled_at IS NULL OR claimed_at IS NOT NULL),
    CONSTRAINT ck_pictures_removed CHECK (removed_at IS NULL OR erased_at IS NOT NULL)
);
CREATE INDEX ix_pictures_issue_number ON pictures (issue_number) WHERE issue_number IS NOT NULL;
CREATE INDEX ix_pictures_unsettled ON pictures (uploaded_at)
    WHERE settled_at IS NULL AND erased_at IS NULL;
CREATE INDEX ix_pictures_doomed ON pictures (erased_at)
    WHERE erased_at IS NOT NULL AND removed_at IS NULL
"""


def upgrade() -> None:
    for statement in TABLES.split(";"):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TABLE pictures")
