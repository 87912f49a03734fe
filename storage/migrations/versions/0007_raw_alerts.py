"""Alerts: tokens of their sources, messages as they came, and what was read of them. Expands only.

Revision ID: 0007_raw_alerts
Revises: 0006_alerts
"""

from alembic import op

revision = "0007_raw_alerts"
down_revision = "0006_alerts"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE alert_credentials (
    id text NOT NULL, source text NOT NULL, token_sha256 bytea NOT NULL,
    issued_at timestamptz NOT NULL, issued_by text NOT NULL, expires_at timestamptz,
    revoked_at timestamptz,
    CONSTRAINT pk_alert_credentials PRIMARY KEY (id),
    CONSTRAINT ck_alert_credentials_id_size CHECK (length(id) BETWEEN 1 AND 64),
    CONSTRAINT ck_alert_credentials_token_sha256_size CHECK (length(token_sha256) = 32),
    CONSTRAINT uq_alert_credentials_token_sha256 UNIQUE (token_sha256)
);
CREATE INDEX ix_alert_credentials_source ON alert_credentials (source);
CREATE TABLE raw_messages (
    id bigint GENERATED ALWAYS AS IDENTITY, source text NOT NULL, adapter text NOT NULL,
    grid text COLLATE "C" NOT NULL, fingerprint text COLLATE "C" NOT NULL, body bytea NOT NULL,
    sha256 bytea NOT NULL, headers jsonb NOT NULL, content_type text NOT NULL, topic text,
    peer text, received_at timestamptz NOT NULL, state text DEFAULT 'waiting' NOT NULL,
    next_at timestamptz, attempts integer DEFAULT 0 NOT NULL,
    faults jsonb DEFAULT '[]'::jsonb NOT NULL, sorted_at timestamptz,
    purge_after timestamptz NOT NULL,
    CONSTRAINT pk_raw_messages PRIMARY KEY (id),
    CONSTRAINT uq_raw_messages_source_fingerprint UNIQUE (source, fingerprint),
    CONSTRAINT ck_raw_messages_waiting CHECK ((state = 'waiting') = (next_at IS NOT NULL)),
    CONSTRAINT ck_raw_messages_state CHECK (state IN ('waiting', 'sorted', 'quarantined')),
    CONSTRAINT ck_raw_messages_fingerprint_size CHECK (length(fingerprint) BETWEEN 1 AND 100),
    CONSTRAINT ck_raw_messages_headers_size CHECK (length(headers::text) <= 20000),
    CONSTRAINT ck_raw_messages_faults_size CHECK (length(faults::text) <= 100000)
);
CREATE INDEX ix_raw_messages_purge_after ON raw_messages (purge_after);
CREATE INDEX ix_raw_messages_waiting ON raw_messages (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX ix_raw_messages_quarantined ON raw_messages (id) WHERE state = 'quarantined';
CREATE TABLE alert_events (
    id bigint GENERATED ALWAYS AS IDENTITY, source text NOT NULL, adapter text NOT NULL,
    raw_id bigint, grid text COLLATE "C" NOT NULL, delivery_key text NOT NULL,
    vendor_event_id text, vendor_type text NOT NULL, vendor_type_name text, phase text NOT NULL,
    kind text, fate text NOT NULL, camera text NOT NULL, zone text, severity integer,
    confidence double precision, seen jsonb, occurred_at timestamptz, ended_at timestamptz,
    device_time text, received_at timestamptz NOT NULL, skew_ms bigint,
    time_quality text NOT NULL, late boolean NOT NULL, ttl_s integer, pictures jsonb NOT NULL,
    attributes jsonb NOT NULL, mapping_version integer, decided_at timestamptz NOT NULL,
    CONSTRAINT pk_alert_events PRIMARY KEY (id),
    CONSTRAINT fk_alert_events_raw_id FOREIGN KEY(raw_id) REFERENCES raw_messages (id)
        ON DELETE SET NULL,
    CONSTRAINT uq_alert_events_source_delivery_key UNIQUE (source, delivery_key),
    CONSTRAINT ck_alert_events_kind CHECK ((fate = 'accepted') <= (kind IS NOT NULL)),
    CONSTRAINT ck_alert_events_key_size CHECK (length(delivery_key) BETWEEN 1 AND 200),
    CONSTRAINT ck_alert_events_vendor_type_size CHECK (length(vendor_type) <= 200),
    CONSTRAINT ck_alert_events_camera_size CHECK (length(camera) <= 200),
    CONSTRAINT ck_alert_events_confidence CHECK (confidence BETWEEN 0 AND 1),
    CONSTRAINT ck_alert_events_attributes_size CHECK (octet_length(attributes::text) <= 32768)
);
CREATE INDEX ix_alert_events_raw_id ON alert_events (raw_id);
CREATE INDEX ix_alert_events_undecided ON alert_events (fate, id)
    WHERE fate <> 'accepted';
CREATE INDEX ix_alert_events_camera_id ON alert_events (camera, id);
CREATE TABLE alert_pictures (
    id bigint GENERATED ALWAYS AS IDENTITY, event_id bigint NOT NULL, condition_id bigint,
    ordinal integer NOT NULL, url text, state text DEFAULT 'pending' NOT NULL, next_at timestamptz,
    attempts integer DEFAULT 0 NOT NULL, error text, picture text, settled_at timestamptz,
    hung_at timestamptz,
    CONSTRAINT pk_alert_pictures PRIMARY KEY (id),
    CONSTRAINT uq_alert_pictures_event_id_ordinal UNIQUE (event_id, ordinal),
    CONSTRAINT fk_alert_pictures_event_id FOREIGN KEY(event_id) REFERENCES alert_events (id)
        ON DELETE CASCADE,
    CONSTRAINT ck_alert_pictures_pending CHECK ((state = 'pending') = (next_at IS NOT NULL)),
    CONSTRAINT ck_alert_pictures_stored CHECK ((state = 'stored') = (picture IS NOT NULL)),
    CONSTRAINT ck_alert_pictures_url_size CHECK (length(url) <= 2000)
);
CREATE INDEX ix_alert_pictures_condition_id ON alert_pictures (condition_id);
CREATE INDEX ix_alert_pictures_unhung ON alert_pictures (settled_at)
    WHERE state = 'stored' AND hung_at IS NULL;
CREATE INDEX ix_alert_pictures_pending ON alert_pictures (next_at) WHERE next_at IS NOT NULL
"""


def upgrade() -> None:
    for statement in TABLES.split(";\n"):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TABLE alert_pictures, alert_events, raw_messages, alert_credentials")
