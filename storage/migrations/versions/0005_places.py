"""Positions of issues, who follows them, the reporter's own time, colours of households.

Expands only. All tables are new, so their indexes need no concurrent build.

Revision ID: 0005_places
Revises: 0003_beyond_county
"""

from alembic import op

revision = "0005_places"
down_revision = "0004_pictures"
branch_labels = None
depends_on = None

TABLES = """
ALTER TABLE issues ADD COLUMN said_at timestamptz,
    ADD COLUMN raised_with_priority boolean DEFAULT false NOT NULL;
CREATE TABLE reference_changes (
    kind text NOT NULL, changes bigint NOT NULL,
    CONSTRAINT pk_reference_changes PRIMARY KEY (kind)
);
CREATE TABLE positions (
    issue_number text NOT NULL, category text NOT NULL, raised_at timestamptz NOT NULL,
    lat double precision, lon double precision, gcj_lat double precision,
    gcj_lon double precision, said_in text NOT NULL, away_m integer, erased_at timestamptz,
    CONSTRAINT pk_positions PRIMARY KEY (issue_number),
    CONSTRAINT ck_positions_said_in CHECK (said_in IN ('wgs84', 'gcj02')),
    CONSTRAINT ck_positions_lat CHECK (lat BETWEEN -90 AND 90),
    CONSTRAINT ck_positions_lon CHECK (lon BETWEEN -180 AND 180),
    CONSTRAINT ck_positions_erased CHECK (num_nonnulls(lat, lon, gcj_lat, gcj_lon)
        = CASE WHEN erased_at IS NULL THEN 4 ELSE 0 END),
    CONSTRAINT fk_positions_issue_number FOREIGN KEY(issue_number) REFERENCES issues (number)
);
CREATE INDEX ix_positions_category_lat_lon ON positions (category, lat, lon)
    WHERE lat IS NOT NULL;
CREATE TABLE followers (
    issue_number text NOT NULL, subject text NOT NULL, since timestamptz NOT NULL,
    satisfaction text, solved boolean, evaluated_at timestamptz,
    CONSTRAINT pk_followers PRIMARY KEY (issue_number, subject),
    CONSTRAINT ck_followers_subject_size CHECK (length(subject) BETWEEN 1 AND 200),
    CONSTRAINT ck_followers_evaluated
        CHECK (num_nonnulls(satisfaction, solved, evaluated_at) IN (0, 3)),
    CONSTRAINT fk_followers_issue_number FOREIGN KEY(issue_number) REFERENCES issues (number)
);
CREATE INDEX ix_followers_subject ON followers (subject);
CREATE TABLE households (
    grid text COLLATE "C" NOT NULL, address_key text NOT NULL, colour text NOT NULL,
    set_by text NOT NULL, set_at timestamptz NOT NULL,
    CONSTRAINT pk_households PRIMARY KEY (grid, address_key),
    CONSTRAINT ck_households_colour CHECK (colour IN ('red', 'yellow', 'green')),
    CONSTRAINT ck_households_address_key_size CHECK (length(address_key) IN (0, 64)),
    CONSTRAINT ck_households_grid_size CHECK (length(grid) BETWEEN 1 AND 200)
)
"""


def upgrade() -> None:
    for statement in TABLES.split(";\n"):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TABLE households, reference_changes, followers, positions")
    op.execute("ALTER TABLE issues DROP COLUMN said_at, DROP COLUMN raised_with_priority")
