"""Conditions of cameras, their notes, and how each camera stands. Expands only.

`issues.at_once` is false for every issue there is: all of them went the way their whistle said.

Revision ID: 0006_alerts
Revises: 0005_places
"""

from alembic import op

revision = "0006_alerts"
down_revision = "0005_places"
branch_labels = None
depends_on = None

TABLES = """
ALTER TABLE issues ADD COLUMN at_once boolean DEFAULT false NOT NULL;
CREATE TABLE alert_conditions (
    id bigint GENERATED ALWAYS AS IDENTITY, community text COLLATE "C" NOT NULL,
    camera text NOT NULL, zone text NOT NULL, kind text NOT NULL, source text NOT NULL,
    place text COLLATE "C" NOT NULL, state text NOT NULL, first_seen timestamptz NOT NULL,
    last_seen timestamptz NOT NULL, alerts integer NOT NULL, sightings integer NOT NULL,
    transitions integer NOT NULL, flips timestamptz[] NOT NULL, is_seen boolean NOT NULL,
    max_confidence double precision, opens_at timestamptz, expires_at timestamptz,
    cooldown_until timestamptz, due_at timestamptz, issue_number text, issue_ended_at timestamptz,
    former text, decision text, reason text, verdict text, live_events text[] NOT NULL,
    ended_events text[] NOT NULL, updated_at timestamptz NOT NULL,
    CONSTRAINT pk_alert_conditions PRIMARY KEY (id),
    CONSTRAINT ck_alert_conditions_counts
        CHECK (alerts >= 0 AND sightings >= 0 AND transitions >= 0),
    CONSTRAINT ck_alert_conditions_key
        CHECK (length(camera) BETWEEN 1 AND 300 AND length(zone) <= 300),
    CONSTRAINT ck_alert_conditions_issue
        CHECK (issue_ended_at IS NULL OR issue_number IS NOT NULL),
    CONSTRAINT uq_alert_conditions_issue_number UNIQUE (issue_number),
    CONSTRAINT fk_alert_conditions_issue_number
        FOREIGN KEY (issue_number) REFERENCES issues (number),
    CONSTRAINT fk_alert_conditions_former FOREIGN KEY (former) REFERENCES issues (number)
);
CREATE UNIQUE INDEX uq_alert_conditions_open ON alert_conditions (community, camera, zone, kind)
    WHERE state <> 'closed';
CREATE INDEX ix_alert_conditions_key ON alert_conditions (community, camera, zone, kind, id);
CREATE INDEX ix_alert_conditions_due ON alert_conditions (due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX ix_alert_conditions_running ON alert_conditions (id)
    WHERE issue_number IS NOT NULL AND issue_ended_at IS NULL;
CREATE TABLE alert_notes (
    id bigint GENERATED ALWAYS AS IDENTITY, condition_id bigint NOT NULL,
    issue_number text NOT NULL, word text NOT NULL, alerts integer NOT NULL, former text,
    at timestamptz NOT NULL,
    CONSTRAINT pk_alert_notes PRIMARY KEY (id),
    CONSTRAINT fk_alert_notes_condition_id
        FOREIGN KEY (condition_id) REFERENCES alert_conditions (id),
    CONSTRAINT fk_alert_notes_issue_number FOREIGN KEY (issue_number) REFERENCES issues (number),
    CONSTRAINT fk_alert_notes_former FOREIGN KEY (former) REFERENCES issues (number)
);
CREATE INDEX ix_alert_notes_condition_id ON alert_notes (condition_id);
CREATE INDEX ix_alert_notes_issue_number ON alert_notes (issue_number);
CREATE TABLE camera_standing (
    source text NOT NULL, camera text NOT NULL, bucket_level double precision DEFAULT 0 NOT NULL,
    bucket_at timestamptz, silenced_by text[] DEFAULT '{}' NOT NULL, silenced_since timestamptz,
    judged_true integer DEFAULT 0 NOT NULL, judged_false integer DEFAULT 0 NOT NULL,
    CONSTRAINT pk_camera_standing PRIMARY KEY (source, camera),
    CONSTRAINT ck_camera_standing_bucket CHECK (bucket_level >= 0),
    CONSTRAINT ck_camera_standing_judged CHECK (judged_true >= 0 AND judged_false >= 0)
);
"""


def upgrade() -> None:
    for statement in TABLES.rstrip(";\n").split(";\n"):
        op.execute(statement)


def downgrade() -> None:
    for table in ("camera_standing", "alert_notes", "alert_conditions"):
        op.drop_table(table)
    op.execute("ALTER TABLE issues DROP COLUMN at_once")
