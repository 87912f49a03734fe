"""The first schema.

Revision ID: 0001_initial
Revises:
"""

from alembic import op

revision = "0001_initial"
down_revision = None
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE issues (
    id bigint GENERATED ALWAYS AS IDENTITY, number text NOT NULL,
    version integer DEFAULT 0 NOT NULL, state text NOT NULL, outcome text, district text NOT NULL,
    grid text COLLATE "C" NOT NULL, category text NOT NULL, whistle_kind text NOT NULL,
    source text NOT NULL, emergency boolean NOT NULL, raised_by text NOT NULL, resident text,
    raised_at timestamptz NOT NULL, lead_department text,
    departments text[] DEFAULT '{}' NOT NULL, level text NOT NULL, level_rank integer NOT NULL,
    warned boolean DEFAULT false NOT NULL, first_breach_at timestamptz, first_breach_kind text,
    next_due_by timestamptz, overdue_since timestamptz, suspended_until timestamptz,
    reopened integer DEFAULT 0 NOT NULL, satisfaction text, solved_says boolean,
    awaits_meeting boolean DEFAULT false NOT NULL, exempt boolean DEFAULT false NOT NULL,
    priority boolean DEFAULT false NOT NULL, duplicate_of text, closed_at timestamptz,
    snapshot jsonb, workflow_started_at timestamptz, start_after timestamptz, updated_at timestamptz NOT NULL,
    CONSTRAINT pk_issues PRIMARY KEY (id),
    CONSTRAINT ck_issues_version CHECK (version >= 0),
    CONSTRAINT ck_issues_number_size CHECK (length(number) BETWEEN 1 AND 40),
    CONSTRAINT ck_issues_grid_size CHECK (length(grid) BETWEEN 1 AND 200),
    CONSTRAINT ck_issues_closed_at CHECK ((state = 'closed') = (closed_at IS NOT NULL)),
    CONSTRAINT ck_issues_snapshot CHECK ((version = 0) = (snapshot IS NULL)),
    CONSTRAINT uq_issues_number UNIQUE (number)
);
CREATE INDEX ix_issues_departments ON issues USING gin (departments);
CREATE INDEX ix_issues_grid_id ON issues (grid, id);
CREATE INDEX ix_issues_next_due_by ON issues (next_due_by) WHERE next_due_by IS NOT NULL;
CREATE INDEX ix_issues_overdue ON issues (id) WHERE overdue_since IS NOT NULL;
CREATE INDEX ix_issues_raised_by_id ON issues (raised_by, id);
CREATE INDEX ix_issues_resident_id ON issues (resident, id) WHERE resident IS NOT NULL;
CREATE INDEX ix_issues_state_id ON issues (state, id);
CREATE INDEX ix_issues_unstarted ON issues (id) WHERE workflow_started_at IS NULL;
CREATE TABLE texts (
    id text NOT NULL, issue_number text NOT NULL, kind text NOT NULL, author text NOT NULL,
    body text, at timestamptz NOT NULL, erased_at timestamptz,
    CONSTRAINT pk_texts PRIMARY KEY (id),
    CONSTRAINT ck_texts_kind CHECK (kind IN ('description', 'remark')),
    CONSTRAINT ck_texts_body_size CHECK (length(body) <= 10000),
    CONSTRAINT ck_texts_erased CHECK ((body IS NULL) = (erased_at IS NOT NULL)),
    CONSTRAINT ck_texts_id_size CHECK (length(id) BETWEEN 1 AND 300),
    CONSTRAINT fk_texts_issue_number FOREIGN KEY(issue_number) REFERENCES issues (number)
);
CREATE INDEX ix_texts_issue_number ON texts (issue_number);
CREATE UNIQUE INDEX uq_texts_description ON texts (issue_number) WHERE kind = 'description';
CREATE TABLE reporters (
    issue_number text NOT NULL, name text, phone text, address text,
    created_at timestamptz DEFAULT now() NOT NULL, erased_at timestamptz,
    CONSTRAINT pk_reporters PRIMARY KEY (issue_number),
    CONSTRAINT ck_reporters_name_size CHECK (length(name) <= 100),
    CONSTRAINT ck_reporters_phone_size CHECK (length(phone) <= 50),
    CONSTRAINT ck_reporters_address_size CHECK (length(address) <= 500),
    CONSTRAINT ck_reporters_erased
        CHECK (erased_at IS NULL OR coalesce(name, phone, address) IS NULL),
    CONSTRAINT fk_reporters_issue_number FOREIGN KEY(issue_number) REFERENCES issues (number)
);
CREATE TABLE events (
    issue_number text NOT NULL, version integer NOT NULL, name text NOT NULL,
    at timestamptz NOT NULL, recorded_at timestamptz DEFAULT now() NOT NULL, actor text NOT NULL,
    department text, command_id text NOT NULL, state text NOT NULL, text_id text,
    payload jsonb NOT NULL,
    CONSTRAINT pk_events PRIMARY KEY (issue_number, version),
    CONSTRAINT uq_events_issue_number_command_id UNIQUE (issue_number, command_id),
    CONSTRAINT ck_events_version CHECK (version >= 0),
    CONSTRAINT ck_events_command_id_size CHECK (length(command_id) BETWEEN 1 AND 300),
    CONSTRAINT ck_events_payload_size CHECK (length(payload::text) <= 100000),
    CONSTRAINT fk_events_issue_number FOREIGN KEY(issue_number) REFERENCES issues (number)
);
CREATE INDEX ix_events_at ON events (at);
CREATE INDEX ix_events_text_id ON events (text_id) WHERE text_id IS NOT NULL;
CREATE TABLE assignments (
    issue_number text NOT NULL, ordinal integer NOT NULL, part text NOT NULL,
    department text NOT NULL, dispatched_at timestamptz NOT NULL, handed_to_b_at timestamptz,
    claimed_by text, claimed_at timestamptz, contacted_at timestamptz, reported_in_at timestamptz,
    completed_at timestamptz, waived_at timestamptz, ended_at timestamptz, end_reason text,
    CONSTRAINT pk_assignments PRIMARY KEY (issue_number, ordinal),
    CONSTRAINT ck_assignments_part CHECK (part IN ('lead', 'co')),
    CONSTRAINT ck_assignments_claimed CHECK ((claimed_by IS NULL) = (claimed_at IS NULL)),
    CONSTRAINT ck_assignments_ended CHECK ((ended_at IS NULL) = (end_reason IS NULL)),
    CONSTRAINT fk_assignments_issue_number FOREIGN KEY(issue_number) REFERENCES issues (number)
);
CREATE INDEX ix_assignments_department ON assignments (department) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX uq_assignments_lead ON assignments (issue_number)
    WHERE part = 'lead' AND ended_at IS NULL;
CREATE TABLE deadlines (
    issue_number text NOT NULL, deadline_id text NOT NULL, kind text NOT NULL, department text,
    started_at timestamptz NOT NULL, due_by timestamptz, is_running boolean NOT NULL,
    warned_at timestamptz, met_at timestamptz, breached_at timestamptz, ended_at timestamptz,
    provisional boolean NOT NULL, calendar text NOT NULL, calendar_version integer NOT NULL,
    policy text NOT NULL, policy_version integer NOT NULL, body jsonb NOT NULL,
    CONSTRAINT pk_deadlines PRIMARY KEY (issue_number, deadline_id),
    CONSTRAINT ck_deadlines_settled_once CHECK (met_at IS NULL OR ended_at IS NULL),
    CONSTRAINT ck_deadlines_running CHECK (NOT is_running OR (met_at IS NULL AND ended_at IS NULL)),
    CONSTRAINT fk_deadlines_issue_number FOREIGN KEY(issue_number) REFERENCES issues (number)
);
CREATE INDEX ix_deadlines_breached_at ON deadlines (breached_at) WHERE breached_at IS NOT NULL;
CREATE INDEX ix_deadlines_provisional ON deadlines (calendar)
    WHERE provisional AND met_at IS NULL AND ended_at IS NULL;
CREATE TABLE notices (
    id bigint GENERATED ALWAYS AS IDENTITY, dedupe_key text NOT NULL, issue_number text NOT NULL,
    recipient text NOT NULL, channel text NOT NULL, template text NOT NULL, stage text NOT NULL,
    level text NOT NULL, urgent boolean NOT NULL, about text, params jsonb NOT NULL,
    created_at timestamptz NOT NULL, not_before timestamptz NOT NULL, digest_key text,
    attempts integer DEFAULT 0 NOT NULL, next_at timestamptz, delivered_at timestamptz,
    undelivered_at timestamptz, dropped_at timestamptz, last_error text,
    CONSTRAINT pk_notices PRIMARY KEY (id),
    CONSTRAINT ck_notices_dedupe_key_size CHECK (length(dedupe_key) BETWEEN 1 AND 600),
    CONSTRAINT ck_notices_last_error_size CHECK (length(last_error) <= 1000),
    CONSTRAINT ck_notices_params_size CHECK (length(params::text) <= 20000),
    CONSTRAINT ck_notices_one_fate
        CHECK (num_nonnulls(next_at, delivered_at, undelivered_at, dropped_at) = 1),
    CONSTRAINT uq_notices_dedupe_key UNIQUE (dedupe_key),
    CONSTRAINT fk_notices_issue_number FOREIGN KEY(issue_number) REFERENCES issues (number)
);
CREATE INDEX ix_notices_issue_number ON notices (issue_number);
CREATE INDEX ix_notices_pending ON notices (next_at) WHERE next_at IS NOT NULL;
CREATE TABLE rechecks (
    id bigint GENERATED ALWAYS AS IDENTITY, issue_number text NOT NULL, reason text NOT NULL,
    created_at timestamptz DEFAULT now() NOT NULL, done_at timestamptz,
    CONSTRAINT pk_rechecks PRIMARY KEY (id),
    CONSTRAINT ck_rechecks_reason_size CHECK (length(reason) <= 200),
    CONSTRAINT fk_rechecks_issue_number FOREIGN KEY(issue_number) REFERENCES issues (number)
);
CREATE INDEX ix_rechecks_pending ON rechecks (id) WHERE done_at IS NULL;
CREATE TABLE idempotency_keys (
    subject text NOT NULL, key text NOT NULL, route text NOT NULL, body_sha256 text NOT NULL,
    status integer, answer jsonb, created_at timestamptz NOT NULL,
    CONSTRAINT pk_idempotency_keys PRIMARY KEY (subject, key),
    CONSTRAINT ck_idempotency_keys_key_size CHECK (length(key) BETWEEN 1 AND 200),
    CONSTRAINT ck_idempotency_keys_body_sha256_size CHECK (length(body_sha256) = 64)
);
CREATE INDEX ix_idempotency_keys_created_at ON idempotency_keys (created_at);
CREATE TABLE reference_entries (
    kind text NOT NULL, code text COLLATE "C" NOT NULL, version integer NOT NULL, belongs_to text,
    body jsonb NOT NULL, retired boolean NOT NULL, created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    CONSTRAINT pk_reference_entries PRIMARY KEY (kind, code, version),
    CONSTRAINT ck_reference_entries_version CHECK (version >= 1),
    CONSTRAINT ck_reference_entries_code_size CHECK (length(code) BETWEEN 1 AND 200),
    CONSTRAINT ck_reference_entries_body_size CHECK (length(body::text) <= 2000000)
);
CREATE INDEX ix_reference_entries_kind_belongs_to ON reference_entries (kind, belongs_to)
    WHERE belongs_to IS NOT NULL
"""

REFUSE_CHANGE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""

REFUSE_CHANGE_OF_REFERENCE = """
CREATE FUNCTION refuse_change_of_reference() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.kind = 'staff' AND NEW.body ->> 'name' = ''
           AND to_jsonb(NEW) #- '{body,name}' = to_jsonb(OLD) #- '{body,name}' THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""

APPEND_ONLY = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION {function}();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION {function}()
"""

DROPPED = (
    "reference_entries, idempotency_keys, rechecks, notices, "
    "deadlines, assignments, events, reporters, texts, issues"
)


def upgrade() -> None:
    op.execute("CREATE SEQUENCE issue_number_seq")
    _run(TABLES)
    op.execute(REFUSE_CHANGE)
    op.execute(REFUSE_CHANGE_OF_REFERENCE)
    _run(APPEND_ONLY.format(table="events", function="refuse_change"))
    _run(APPEND_ONLY.format(table="reference_entries", function="refuse_change_of_reference"))


def downgrade() -> None:
    op.execute(f"DROP TABLE {DROPPED}")
    op.execute("DROP FUNCTION refuse_change_of_reference()")
    op.execute("DROP FUNCTION refuse_change()")
    op.execute("DROP SEQUENCE issue_number_seq")


def _run(script: str) -> None:
    """One statement at a time, as the driver wants them."""
    for statement in script.split(";\n"):
        op.execute(statement)
