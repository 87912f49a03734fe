"""Who saw or did what: entries, the chain that holds them and the events, and its marks.

Expands only. The indexes on events are built beside the writers; one that was left half built by
a failure is no use, and is built anew.

Revision ID: 0018_audit
Revises: 0017_sealed
"""

from alembic import op

revision = "0018_audit"
down_revision = "0017_sealed"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE IF NOT EXISTS audit_entries (
    id bigint GENERATED ALWAYS AS IDENTITY, at timestamptz NOT NULL,
    recorded_at timestamptz DEFAULT now() NOT NULL, subject text, session text, appointment text,
    department text, grid text COLLATE "C", act text NOT NULL, object_kind text NOT NULL,
    object_id text NOT NULL, result text NOT NULL, request text, particulars jsonb NOT NULL,
    CONSTRAINT pk_audit_entries PRIMARY KEY (id),
    CONSTRAINT ck_audit_entries_act_size CHECK (length(act) BETWEEN 1 AND 60),
    CONSTRAINT ck_audit_entries_object_id_size CHECK (length(object_id) <= 300),
    CONSTRAINT ck_audit_entries_particulars_size CHECK (length(particulars::text) <= 4000)
);
CREATE INDEX IF NOT EXISTS ix_audit_entries_recorded_at ON audit_entries (recorded_at);
CREATE INDEX IF NOT EXISTS ix_audit_entries_at ON audit_entries (at);
CREATE INDEX IF NOT EXISTS ix_audit_entries_subject_id ON audit_entries (subject, id)
    WHERE subject IS NOT NULL;
CREATE INDEX IF NOT EXISTS ix_audit_entries_object_id_id ON audit_entries (object_id, id);
CREATE INDEX IF NOT EXISTS ix_audit_entries_grid_id ON audit_entries (grid, id);
CREATE INDEX IF NOT EXISTS ix_audit_entries_act_id ON audit_entries (act, id);
CREATE TABLE IF NOT EXISTS audit_links (
    seq bigint NOT NULL, source text NOT NULL, key text NOT NULL, digest bytea NOT NULL,
    sealed_at timestamptz NOT NULL, key_id text NOT NULL, previous bytea NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT pk_audit_links PRIMARY KEY (seq),
    CONSTRAINT uq_audit_links_source_key UNIQUE (source, key),
    CONSTRAINT ck_audit_links_seq CHECK (seq >= 1),
    CONSTRAINT ck_audit_links_source
        CHECK (source IN ('entry', 'issue_event', 'meeting_event', 'checkpoint')),
    CONSTRAINT ck_audit_links_sizes
        CHECK (length(digest) = 32 AND length(previous) = 32 AND length(hash) = 32)
);
CREATE INDEX IF NOT EXISTS ix_audit_links_checkpoints ON audit_links (seq)
    WHERE source = 'checkpoint';
CREATE TABLE IF NOT EXISTS audit_marks (
    source text NOT NULL, recorded_at timestamptz NOT NULL, key text NOT NULL,
    CONSTRAINT pk_audit_marks PRIMARY KEY (source)
)
"""

ONLY_WHEN_CLOSED = """
CREATE OR REPLACE FUNCTION refuse_change_of_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF EXISTS (
            SELECT FROM audit_links linked
            WHERE linked.source = 'entry' AND linked.key = OLD.id::text
              AND linked.seq <= (
                  SELECT max(closed.key::bigint) FROM audit_links closed
                  WHERE closed.source = 'checkpoint')
        ) THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""

APPEND_ONLY = """
CREATE OR REPLACE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION {function}();
CREATE OR REPLACE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION {function}()
"""

BESIDE_WRITERS = ("events", "meeting_events")


def upgrade() -> None:
    _run(TABLES)
    op.execute(ONLY_WHEN_CLOSED)
    _run(APPEND_ONLY.format(table="audit_entries", function="refuse_change_of_audit"))
    _run(APPEND_ONLY.format(table="audit_links", function="refuse_change"))
    with op.get_context().autocommit_block():
        for table in BESIDE_WRITERS:
            name = f"ix_{table}_recorded_at"
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.execute(f"CREATE INDEX CONCURRENTLY {name} ON {table} (recorded_at)")


def downgrade() -> None:
    for table in BESIDE_WRITERS:
        op.execute(f"DROP INDEX IF EXISTS ix_{table}_recorded_at")
    op.execute("DROP TABLE audit_marks, audit_links, audit_entries")
    op.execute("DROP FUNCTION refuse_change_of_audit()")


def _run(statements: str) -> None:
    for statement in statements.split(";\n"):
        op.execute(statement)
