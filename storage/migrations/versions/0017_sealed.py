"""Room for sealed values beside the plain ones, and the keys that they are sealed with.

Expands only: what is there stays as it is until `python -m deploy.seal backfill` seals it. Each
statement commits by itself, so that no two tables are locked together: a birth locks several, in an
order of its own. All may be run again: what is there is left, a half-built index is built anew.

Revision ID: 0017_sealed
Revises: 0016_resident_links
"""

from alembic import op

revision = "0017_sealed"
down_revision = "0016_resident_links"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE IF NOT EXISTS data_keys (
    id integer GENERATED ALWAYS AS IDENTITY, purpose text NOT NULL, period text NOT NULL,
    wrapped bytea, wrapped_by text NOT NULL, created_at timestamptz DEFAULT now() NOT NULL,
    destroyed_at timestamptz,
    CONSTRAINT pk_data_keys PRIMARY KEY (id),
    CONSTRAINT uq_data_keys_purpose_period UNIQUE (purpose, period),
    CONSTRAINT ck_data_keys_purpose CHECK (purpose IN ('seal', 'index')),
    CONSTRAINT ck_data_keys_destroyed CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL))
);
ALTER TABLE texts ADD COLUMN IF NOT EXISTS body_sealed bytea,
    ADD COLUMN IF NOT EXISTS grams integer[];
ALTER TABLE reporters ADD COLUMN IF NOT EXISTS name_sealed bytea,
    ADD COLUMN IF NOT EXISTS phone_sealed bytea, ADD COLUMN IF NOT EXISTS address_sealed bytea,
    ADD COLUMN IF NOT EXISTS phone_hash bytea;
ALTER TABLE positions ADD COLUMN IF NOT EXISTS exact_sealed bytea;
ALTER TABLE pictures ADD COLUMN IF NOT EXISTS key_sealed bytea;
ALTER TABLE raw_messages ADD COLUMN IF NOT EXISTS body_sealed bytea;
ALTER TABLE alert_events ADD COLUMN IF NOT EXISTS attributes_sealed bytea;
ALTER TABLE reference_entries ADD COLUMN IF NOT EXISTS name_sealed bytea
"""
INDEXES = {
    "ix_texts_plain": "texts (id) WHERE body <> ''",
    "ix_texts_grams": "texts USING gin (grams) WHERE grams IS NOT NULL",
    "ix_reporters_phone_hash": "reporters (phone_hash) WHERE phone_hash IS NOT NULL",
}
REFUSE_CHANGE_OF_REFERENCE = """
CREATE OR REPLACE FUNCTION refuse_change_of_reference() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.kind = 'staff' AND NEW.body ->> 'name' = ''
           AND to_jsonb(NEW) #- '{{body,name}}'{sealed}
             = to_jsonb(OLD) #- '{{body,name}}'{sealed} THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""
COLUMNS = {
    "texts": ("body_sealed", "grams"),
    "reporters": ("name_sealed", "phone_sealed", "address_sealed", "phone_hash"),
    "positions": ("exact_sealed",),
    "pictures": ("key_sealed",),
    "raw_messages": ("body_sealed",),
    "alert_events": ("attributes_sealed",),
    "reference_entries": ("name_sealed",),
}


def upgrade() -> None:
    with op.get_context().autocommit_block():
        for statement in TABLES.split(";\n"):
            op.execute(statement)
        op.execute(REFUSE_CHANGE_OF_REFERENCE.format(sealed=" #- '{name_sealed}'"))
        for name, what in INDEXES.items():
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.execute(f"CREATE INDEX CONCURRENTLY {name} ON {what}")


def downgrade() -> None:
    """What is sealed is lost; it is personal data and nothing else."""
    op.execute(REFUSE_CHANGE_OF_REFERENCE.format(sealed=""))
    op.execute("DROP INDEX ix_texts_plain")
    for table, columns in COLUMNS.items():
        gone = ", ".join(f"DROP COLUMN {each}" for each in columns)
        op.execute(f"ALTER TABLE {table} {gone}")
    op.execute("DROP TABLE data_keys")
