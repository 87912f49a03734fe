"""Joint meetings: their record, parties, agendas and tasks. Expands only.

Revision ID: 0002_meetings
Revises: 0001_initial
"""

from alembic import op

revision = "0002_meetings"
down_revision = "0001_initial"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE meetings (
    id bigint GENERATED ALWAYS AS IDENTITY, number text NOT NULL, version integer NOT NULL,
    kind text NOT NULL, state text NOT NULL, outcome text, district text NOT NULL,
    grid text COLLATE "C" NOT NULL, level text NOT NULL, convened_by text NOT NULL,
    convened_at timestamptz NOT NULL, convenor text, members text[] NOT NULL,
    sits_at timestamptz, decide_by timestamptz, opened_at timestamptz,
    postponements integer NOT NULL, minutes integer NOT NULL, closed_at timestamptz,
    snapshot jsonb NOT NULL, updated_at timestamptz NOT NULL,
    CONSTRAINT pk_meetings PRIMARY KEY (id),
    CONSTRAINT ck_meetings_version CHECK (version >= 1),
    CONSTRAINT ck_meetings_number_size CHECK (length(number) BETWEEN 1 AND 60),
    CONSTRAINT ck_meetings_grid_size CHECK (length(grid) BETWEEN 1 AND 200),
    CONSTRAINT ck_meetings_closed_at CHECK ((state = 'closed') = (closed_at IS NOT NULL)),
    CONSTRAINT ck_meetings_outcome CHECK ((closed_at IS NULL) = (outcome IS NULL)),
    CONSTRAINT uq_meetings_number UNIQUE (number)
);
CREATE INDEX ix_meetings_convenor ON meetings (convenor) WHERE closed_at IS NULL;
CREATE INDEX ix_meetings_grid_id ON meetings (grid, id);
CREATE INDEX ix_meetings_members ON meetings USING gin (members);
CREATE INDEX ix_meetings_state_id ON meetings (state, id);
CREATE TABLE meeting_events (
    meeting_number text NOT NULL, version integer NOT NULL, name text NOT NULL,
    at timestamptz NOT NULL, recorded_at timestamptz DEFAULT now() NOT NULL, actor text NOT NULL,
    department text, command_id text NOT NULL, state text NOT NULL, text_id text,
    payload jsonb NOT NULL,
    CONSTRAINT pk_meeting_events PRIMARY KEY (meeting_number, version),
    CONSTRAINT uq_meeting_events_meeting_number_command_id UNIQUE (meeting_number, command_id),
    CONSTRAINT ck_meeting_events_version CHECK (version >= 1),
    CONSTRAINT ck_meeting_events_command_id_size CHECK (length(command_id) BETWEEN 1 AND 300),
    CONSTRAINT ck_meeting_events_payload_size CHECK (length(payload::text) <= 100000),
    CONSTRAINT fk_meeting_events_meeting_number
        FOREIGN KEY(meeting_number) REFERENCES meetings (number)
);
CREATE INDEX ix_meeting_events_text_id ON meeting_events (text_id) WHERE text_id IS NOT NULL;
CREATE TABLE meeting_parties (
    meeting_number text NOT NULL, code text NOT NULL, is_person boolean NOT NULL,
    standing boolean NOT NULL, invited_at timestamptz, report_in_by timestamptz,
    acknowledged_at timestamptz, reported_in_at timestamptz, absent_at timestamptz,
    absences integer NOT NULL, owes_report boolean NOT NULL,
    CONSTRAINT pk_meeting_parties PRIMARY KEY (meeting_number, code),
    CONSTRAINT ck_meeting_parties_absences CHECK (absences >= 0),
    CONSTRAINT fk_meeting_parties_meeting_number
        FOREIGN KEY(meeting_number) REFERENCES meetings (number)
);
CREATE INDEX ix_meeting_parties_owing ON meeting_parties (code) WHERE owes_report;
CREATE TABLE meeting_items (
    meeting_number text NOT NULL, ordinal integer NOT NULL, issue_number text NOT NULL,
    added_at timestamptz NOT NULL, decided_at timestamptz, outcome text, ended_at timestamptz,
    CONSTRAINT pk_meeting_items PRIMARY KEY (meeting_number, ordinal),
    CONSTRAINT ck_meeting_items_ended CHECK ((outcome IS NULL) = (ended_at IS NULL)),
    CONSTRAINT fk_meeting_items_meeting_number
        FOREIGN KEY(meeting_number) REFERENCES meetings (number),
    CONSTRAINT fk_meeting_items_issue_number FOREIGN KEY(issue_number) REFERENCES issues (number)
);
CREATE INDEX ix_meeting_items_issue_number ON meeting_items (issue_number);
CREATE UNIQUE INDEX uq_meeting_items_open ON meeting_items (meeting_number, issue_number)
    WHERE outcome IS NULL;
CREATE TABLE meeting_tasks (
    meeting_number text NOT NULL, task_id text NOT NULL, issue_number text NOT NULL,
    department text NOT NULL, reviewer text, reviewer_is_person boolean NOT NULL,
    due_by timestamptz NOT NULL, review_by timestamptz, done_at timestamptz, missed_at timestamptz, is_owed boolean NOT NULL,
    awaits_review boolean NOT NULL,
    CONSTRAINT pk_meeting_tasks PRIMARY KEY (meeting_number, task_id),
    CONSTRAINT ck_meeting_tasks_one_duty CHECK (NOT (is_owed AND awaits_review)),
    CONSTRAINT fk_meeting_tasks_meeting_number
        FOREIGN KEY(meeting_number) REFERENCES meetings (number),
    CONSTRAINT fk_meeting_tasks_issue_number FOREIGN KEY(issue_number) REFERENCES issues (number)
);
CREATE INDEX ix_meeting_tasks_owed ON meeting_tasks (department) WHERE is_owed;
CREATE INDEX ix_meeting_tasks_review ON meeting_tasks (reviewer) WHERE awaits_review;
CREATE TRIGGER meeting_events_append_only BEFORE UPDATE OR DELETE ON meeting_events
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER meeting_events_no_truncate BEFORE TRUNCATE ON meeting_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""

DROPPED = "meeting_tasks, meeting_items, meeting_parties, meeting_events, meetings"


def upgrade() -> None:
    for statement in TABLES.split(";\n"):
        op.execute(statement)


def downgrade() -> None:
    op.execute(f"DROP TABLE {DROPPED}")
