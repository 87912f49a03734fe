"""What browsers bring back from a provider instead of tokens. Expands only.

Revision ID: 0014_sign_in_codes
Revises: 0013_accounts
"""

from alembic import op

revision = "0014_sign_in_codes"
down_revision = "0013_accounts"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE sign_in_codes (
    code_sha256 bytea NOT NULL, challenge text, subject text COLLATE "C" NOT NULL,
    way text NOT NULL, expires_at timestamptz NOT NULL,
    CONSTRAINT pk_sign_in_codes PRIMARY KEY (code_sha256),
    CONSTRAINT fk_sign_in_codes_subject FOREIGN KEY(subject) REFERENCES accounts (subject),
    CONSTRAINT ck_sign_in_codes_code_sha256_size CHECK (length(code_sha256) = 32),
    CONSTRAINT ck_sign_in_codes_challenge_size CHECK (length(challenge) = 43)
);
CREATE INDEX ix_sign_in_codes_expires_at ON sign_in_codes (expires_at)
"""


def upgrade() -> None:
    for statement in TABLES.split(";\n"):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TABLE sign_in_codes")
