"""Accounts, appointments, who is signed in. Expands only.

Revision ID: 0013_accounts
Revises: 0012_alert_upkeep
"""

from alembic import op

revision = "0013_accounts"
down_revision = "0012_alert_upkeep"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE accounts (
    subject text COLLATE "C" NOT NULL, login text, password_hash text,
    must_change_password boolean DEFAULT false NOT NULL, phone_hash bytea,
    created_at timestamptz NOT NULL, created_by text NOT NULL,
    disabled_at timestamptz, disabled_by text,
    CONSTRAINT pk_accounts PRIMARY KEY (subject),
    CONSTRAINT uq_accounts_login UNIQUE (login),
    CONSTRAINT uq_accounts_phone_hash UNIQUE (phone_hash),
    CONSTRAINT ck_accounts_subject_size CHECK (length(subject) BETWEEN 1 AND 128),
    CONSTRAINT ck_accounts_login_size CHECK (length(login) BETWEEN 1 AND 64),
    CONSTRAINT ck_accounts_phone_hash_size CHECK (length(phone_hash) = 32),
    CONSTRAINT ck_accounts_disabled CHECK ((disabled_at IS NULL) = (disabled_by IS NULL))
);
CREATE TABLE appointments (
    id text NOT NULL, subject text COLLATE "C" NOT NULL, roles text[] NOT NULL, department text,
    grids text[] DEFAULT '{}'::text[] NOT NULL, post text,
    places text[] NOT NULL, since timestamptz NOT NULL,
    until timestamptz, appointed_at timestamptz NOT NULL, appointed_by text NOT NULL, ended_by text,
    CONSTRAINT pk_appointments PRIMARY KEY (id),
    CONSTRAINT fk_appointments_subject FOREIGN KEY(subject) REFERENCES accounts (subject),
    CONSTRAINT ck_appointments_roles CHECK (cardinality(roles) > 0),
    CONSTRAINT ck_appointments_until CHECK (until >= since),
    CONSTRAINT ck_appointments_post CHECK (post IN ('a', 'b'))
);
CREATE INDEX ix_appointments_subject ON appointments (subject);
CREATE TABLE identities (
    provider text NOT NULL, external_hash bytea NOT NULL, subject text COLLATE "C" NOT NULL,
    linked_at timestamptz NOT NULL, linked_by text NOT NULL,
    CONSTRAINT pk_identities PRIMARY KEY (provider, external_hash),
    CONSTRAINT fk_identities_subject FOREIGN KEY(subject) REFERENCES accounts (subject),
    CONSTRAINT ck_identities_provider_size CHECK (length(provider) BETWEEN 1 AND 64),
    CONSTRAINT ck_identities_external_hash_size CHECK (length(external_hash) = 32)
);
CREATE INDEX ix_identities_subject ON identities (subject);
CREATE TABLE sign_in_sessions (
    id text NOT NULL, subject text COLLATE "C" NOT NULL, appointment_id text NOT NULL,
    way text NOT NULL, opened_at timestamptz NOT NULL, ends_at timestamptz NOT NULL,
    revoked_at timestamptz, revoked_because text,
    CONSTRAINT pk_sign_in_sessions PRIMARY KEY (id),
    CONSTRAINT fk_sign_in_sessions_subject FOREIGN KEY(subject) REFERENCES accounts (subject),
    CONSTRAINT fk_sign_in_sessions_appointment_id FOREIGN KEY(appointment_id)
        REFERENCES appointments (id),
    CONSTRAINT ck_sign_in_sessions_revoked
        CHECK ((revoked_at IS NULL) = (revoked_because IS NULL))
);
CREATE INDEX ix_sign_in_sessions_ends_at ON sign_in_sessions (ends_at);
CREATE INDEX ix_sign_in_sessions_subject ON sign_in_sessions (subject) WHERE revoked_at IS NULL;
CREATE TABLE refresh_tokens (
    token_sha256 bytea NOT NULL, session_id text NOT NULL, issued_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL, used_at timestamptz,
    CONSTRAINT pk_refresh_tokens PRIMARY KEY (token_sha256),
    CONSTRAINT fk_refresh_tokens_session_id FOREIGN KEY(session_id)
        REFERENCES sign_in_sessions (id) ON DELETE CASCADE,
    CONSTRAINT ck_refresh_tokens_token_sha256_size CHECK (length(token_sha256) = 32)
);
CREATE INDEX ix_refresh_tokens_session_id ON refresh_tokens (session_id);
CREATE TABLE sign_in_attempts (
    login_hash bytea NOT NULL, failures integer NOT NULL, last_at timestamptz NOT NULL,
    locked_until timestamptz,
    CONSTRAINT pk_sign_in_attempts PRIMARY KEY (login_hash),
    CONSTRAINT ck_sign_in_attempts_login_hash_size CHECK (length(login_hash) = 32)
);
CREATE INDEX ix_sign_in_attempts_last_at ON sign_in_attempts (last_at)
"""


def upgrade() -> None:
    for statement in TABLES.split(";\n"):
        op.execute(statement)


def downgrade() -> None:
    for table in (
        "sign_in_attempts",
        "refresh_tokens",
        "sign_in_sessions",
        "identities",
        "appointments",
        "accounts",
    ):
        op.execute(f"DROP TABLE {table}")
