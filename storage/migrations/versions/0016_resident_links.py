"""Links for one issue and codes for one act, for residents without an account. Expands only.

Revision ID: 0016_resident_links
Revises: 0015_anonymised
"""

from alembic import op

revision = "0016_resident_links"
down_revision = "0015_anonymised"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE resident_links (
    id text NOT NULL, issue_number text NOT NULL, kind text NOT NULL, subject text NOT NULL,
    token_sha256 bytea NOT NULL, fact text, made_at timestamptz NOT NULL, made_by text NOT NULL,
    expires_at timestamptz NOT NULL, revoked_at timestamptz,
    CONSTRAINT pk_resident_links PRIMARY KEY (id),
    CONSTRAINT fk_resident_links_issue_number FOREIGN KEY(issue_number) REFERENCES issues (number),
    CONSTRAINT uq_resident_links_token_sha256 UNIQUE (token_sha256),
    CONSTRAINT uq_resident_links_issue_number_fact UNIQUE (issue_number, fact),
    CONSTRAINT ck_resident_links_id CHECK (id ~ '^[0-9a-f]{32}$'),
    CONSTRAINT ck_resident_links_kind CHECK (kind IN ('own', 'board')),
    CONSTRAINT ck_resident_links_subject_size CHECK (length(subject) BETWEEN 1 AND 200),
    CONSTRAINT ck_resident_links_token_sha256_size CHECK (length(token_sha256) = 32),
    CONSTRAINT ck_resident_links_fact_size CHECK (length(fact) BETWEEN 1 AND 200)
);
CREATE INDEX ix_resident_links_expires_at ON resident_links (expires_at);
CREATE TABLE resident_codes (
    id text NOT NULL, issue_number text NOT NULL, link_id text NOT NULL,
    asked_at timestamptz NOT NULL, expires_at timestamptz NOT NULL,
    tries integer DEFAULT 0 NOT NULL, used_at timestamptz,
    CONSTRAINT pk_resident_codes PRIMARY KEY (id),
    CONSTRAINT fk_resident_codes_issue_number FOREIGN KEY(issue_number) REFERENCES issues (number),
    CONSTRAINT fk_resident_codes_link_id FOREIGN KEY(link_id) REFERENCES resident_links (id),
    CONSTRAINT ck_resident_codes_id CHECK (id ~ '^[0-9a-f]{32}$'),
    CONSTRAINT ck_resident_codes_tries CHECK (tries BETWEEN 0 AND 5)
);
CREATE INDEX ix_resident_codes_issue_number ON resident_codes (issue_number);
CREATE INDEX ix_resident_codes_link_id ON resident_codes (link_id)
"""


def upgrade() -> None:
    for statement in TABLES.split(";\n"):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TABLE resident_codes")
    op.execute("DROP TABLE resident_links")
