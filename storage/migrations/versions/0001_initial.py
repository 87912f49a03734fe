"""The first schema.

Revision ID: 0001_initial
Revises:
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001_initial"
down_revision = None
branch_labels = None
depends_on = None

TEXT, INTEGER, BOOLEAN, SERIAL = sa.Text(), sa.Integer(), sa.Boolean(), sa.BigInteger()
INSTANT = postgresql.TIMESTAMP(timezone=True)
JSON = postgresql.JSONB(none_as_null=True)
CODES = postgresql.ARRAY(sa.Text())
PATH = sa.Text(collation="C")
NUMBERS = sa.Sequence("issue_number_seq")

TABLES = (
    "issues",
    "texts",
    "reporters",
    "events",
    "assignments",
    "deadlines",
    "notices",
    "rechecks",
    "idempotency_keys",
    "reference_entries",
)

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


def upgrade() -> None:
    op.execute(sa.schema.CreateSequence(NUMBERS))
    _issues()
    _record()
    _messages()
    _reference()
    op.execute(REFUSE_CHANGE)
    op.execute(REFUSE_CHANGE_OF_REFERENCE)
    _append_only("events", "refuse_change")
    _append_only("reference_entries", "refuse_change_of_reference")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("DROP FUNCTION refuse_change_of_reference()")
    op.execute("DROP FUNCTION refuse_change()")
    op.execute(sa.schema.DropSequence(NUMBERS))


def _append_only(table: str, function: str) -> None:
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {function}()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
    )


def _issues() -> None:
    op.create_table(
        "issues",
        sa.Column("id", SERIAL, sa.Identity(always=True), nullable=False),
        sa.Column("number", TEXT, nullable=False),
        sa.Column("version", INTEGER, server_default=sa.text("0"), nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("outcome", TEXT),
        sa.Column("district", TEXT, nullable=False),
        sa.Column("grid", PATH, nullable=False),
        sa.Column("category", TEXT, nullable=False),
        sa.Column("whistle_kind", TEXT, nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("emergency", BOOLEAN, nullable=False),
        sa.Column("raised_by", TEXT, nullable=False),
        sa.Column("resident", TEXT),
        sa.Column("raised_at", INSTANT, nullable=False),
        sa.Column("lead_department", TEXT),
        sa.Column("departments", CODES, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("level", TEXT, nullable=False),
        sa.Column("level_rank", INTEGER, nullable=False),
        sa.Column("warned", BOOLEAN, server_default=sa.text("false"), nullable=False),
        sa.Column("first_breach_at", INSTANT),
        sa.Column("first_breach_kind", TEXT),
        sa.Column("next_due_by", INSTANT),
        sa.Column("overdue_since", INSTANT),
        sa.Column("suspended_until", INSTANT),
        sa.Column("reopened", INTEGER, server_default=sa.text("0"), nullable=False),
        sa.Column("satisfaction", TEXT),
        sa.Column("solved_says", BOOLEAN),
        sa.Column("awaits_meeting", BOOLEAN, server_default=sa.text("false"), nullable=False),
        sa.Column("exempt", BOOLEAN, server_default=sa.text("false"), nullable=False),
        sa.Column("priority", BOOLEAN, server_default=sa.text("false"), nullable=False),
        sa.Column("duplicate_of", TEXT),
        sa.Column("closed_at", INSTANT),
        sa.Column("snapshot", JSON),
        sa.Column("workflow_started_at", INSTANT),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_at IS NOT NULL)", name="ck_issues_closed_at"
        ),
        sa.CheckConstraint("(version = 0) = (snapshot IS NULL)", name="ck_issues_snapshot"),
        sa.CheckConstraint("length(grid) BETWEEN 1 AND 200", name="ck_issues_grid_size"),
        sa.CheckConstraint("length(number) BETWEEN 1 AND 40", name="ck_issues_number_size"),
        sa.CheckConstraint("version >= 0", name="ck_issues_version"),
        sa.PrimaryKeyConstraint("id", name="pk_issues"),
        sa.UniqueConstraint("number", name="uq_issues_number"),
    )
    op.create_index("ix_issues_departments", "issues", ["departments"], postgresql_using="gin")
    op.create_index("ix_issues_grid_id", "issues", ["grid", "id"])
    op.create_index(
        "ix_issues_next_due_by",
        "issues",
        ["next_due_by"],
        postgresql_where=sa.text("next_due_by IS NOT NULL"),
    )
    op.create_index(
        "ix_issues_overdue", "issues", ["id"], postgresql_where=sa.text("overdue_since IS NOT NULL")
    )
    op.create_index("ix_issues_raised_by_id", "issues", ["raised_by", "id"])
    op.create_index(
        "ix_issues_resident_id",
        "issues",
        ["resident", "id"],
        postgresql_where=sa.text("resident IS NOT NULL"),
    )
    op.create_index("ix_issues_state_id", "issues", ["state", "id"])
    op.create_index(
        "ix_issues_unstarted",
        "issues",
        ["id"],
        postgresql_where=sa.text("workflow_started_at IS NULL"),
    )
    op.create_table(
        "texts",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("issue_number", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("author", TEXT, nullable=False),
        sa.Column("body", TEXT),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("erased_at", INSTANT),
        sa.CheckConstraint("kind IN ('description', 'remark')", name="ck_texts_kind"),
        sa.CheckConstraint("(body IS NULL) = (erased_at IS NOT NULL)", name="ck_texts_erased"),
        sa.CheckConstraint("length(body) <= 10000", name="ck_texts_body_size"),
        sa.CheckConstraint("length(id) BETWEEN 1 AND 300", name="ck_texts_id_size"),
        sa.ForeignKeyConstraint(["issue_number"], ["issues.number"], name="fk_texts_issue_number"),
        sa.PrimaryKeyConstraint("id", name="pk_texts"),
    )
    op.create_index("ix_texts_issue_number", "texts", ["issue_number"])
    op.create_index(
        "uq_texts_description",
        "texts",
        ["issue_number"],
        unique=True,
        postgresql_where=sa.text("kind = 'description'"),
    )
    op.create_table(
        "reporters",
        sa.Column("issue_number", TEXT, nullable=False),
        sa.Column("name", TEXT),
        sa.Column("phone", TEXT),
        sa.Column("address", TEXT),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("erased_at", INSTANT),
        sa.CheckConstraint(
            "erased_at IS NULL OR coalesce(name, phone, address) IS NULL",
            name="ck_reporters_erased",
        ),
        sa.CheckConstraint("length(address) <= 500", name="ck_reporters_address_size"),
        sa.CheckConstraint("length(name) <= 100", name="ck_reporters_name_size"),
        sa.CheckConstraint("length(phone) <= 50", name="ck_reporters_phone_size"),
        sa.ForeignKeyConstraint(
            ["issue_number"], ["issues.number"], name="fk_reporters_issue_number"
        ),
        sa.PrimaryKeyConstraint("issue_number", name="pk_reporters"),
    )


def _record() -> None:
    op.create_table(
        "events",
        sa.Column("issue_number", TEXT, nullable=False),
        sa.Column("version", INTEGER, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("recorded_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("department", TEXT),
        sa.Column("command_id", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("text_id", TEXT),
        sa.Column("payload", JSON, nullable=False),
        sa.CheckConstraint(
            "length(command_id) BETWEEN 1 AND 300", name="ck_events_command_id_size"
        ),
        sa.CheckConstraint("length(payload::text) <= 100000", name="ck_events_payload_size"),
        sa.CheckConstraint("version >= 0", name="ck_events_version"),
        sa.ForeignKeyConstraint(["issue_number"], ["issues.number"], name="fk_events_issue_number"),
        sa.PrimaryKeyConstraint("issue_number", "version", name="pk_events"),
        sa.UniqueConstraint("issue_number", "command_id", name="uq_events_issue_number_command_id"),
    )
    op.create_index("ix_events_at", "events", ["at"])
    op.create_index(
        "ix_events_text_id", "events", ["text_id"], postgresql_where=sa.text("text_id IS NOT NULL")
    )
    op.create_table(
        "assignments",
        sa.Column("issue_number", TEXT, nullable=False),
        sa.Column("ordinal", INTEGER, autoincrement=False, nullable=False),
        sa.Column("part", TEXT, nullable=False),
        sa.Column("department", TEXT, nullable=False),
        sa.Column("dispatched_at", INSTANT, nullable=False),
        sa.Column("handed_to_b_at", INSTANT),
        sa.Column("claimed_by", TEXT),
        sa.Column("claimed_at", INSTANT),
        sa.Column("contacted_at", INSTANT),
        sa.Column("reported_in_at", INSTANT),
        sa.Column("completed_at", INSTANT),
        sa.Column("waived_at", INSTANT),
        sa.Column("ended_at", INSTANT),
        sa.Column("end_reason", TEXT),
        sa.CheckConstraint("part IN ('lead', 'co')", name="ck_assignments_part"),
        sa.CheckConstraint(
            "(claimed_by IS NULL) = (claimed_at IS NULL)", name="ck_assignments_claimed"
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (end_reason IS NULL)", name="ck_assignments_ended"
        ),
        sa.ForeignKeyConstraint(
            ["issue_number"], ["issues.number"], name="fk_assignments_issue_number"
        ),
        sa.PrimaryKeyConstraint("issue_number", "ordinal", name="pk_assignments"),
    )
    op.create_index(
        "ix_assignments_department",
        "assignments",
        ["department"],
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "uq_assignments_lead",
        "assignments",
        ["issue_number"],
        unique=True,
        postgresql_where=sa.text("part = 'lead' AND ended_at IS NULL"),
    )
    op.create_table(
        "deadlines",
        sa.Column("issue_number", TEXT, nullable=False),
        sa.Column("deadline_id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("department", TEXT),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("due_by", INSTANT),
        sa.Column("is_running", BOOLEAN, nullable=False),
        sa.Column("warned_at", INSTANT),
        sa.Column("met_at", INSTANT),
        sa.Column("breached_at", INSTANT),
        sa.Column("ended_at", INSTANT),
        sa.Column("provisional", BOOLEAN, nullable=False),
        sa.Column("calendar", TEXT, nullable=False),
        sa.Column("calendar_version", INTEGER, nullable=False),
        sa.Column("policy", TEXT, nullable=False),
        sa.Column("policy_version", INTEGER, nullable=False),
        sa.Column("body", JSON, nullable=False),
        sa.CheckConstraint(
            "NOT is_running OR (met_at IS NULL AND ended_at IS NULL)", name="ck_deadlines_running"
        ),
        sa.CheckConstraint("met_at IS NULL OR ended_at IS NULL", name="ck_deadlines_settled_once"),
        sa.ForeignKeyConstraint(
            ["issue_number"], ["issues.number"], name="fk_deadlines_issue_number"
        ),
        sa.PrimaryKeyConstraint("issue_number", "deadline_id", name="pk_deadlines"),
    )
    op.create_index(
        "ix_deadlines_breached_at",
        "deadlines",
        ["breached_at"],
        postgresql_where=sa.text("breached_at IS NOT NULL"),
    )
    op.create_index(
        "ix_deadlines_provisional",
        "deadlines",
        ["calendar"],
        postgresql_where=sa.text("provisional AND met_at IS NULL AND ended_at IS NULL"),
    )


def _messages() -> None:
    op.create_table(
        "notices",
        sa.Column("id", SERIAL, sa.Identity(always=True), nullable=False),
        sa.Column("dedupe_key", TEXT, nullable=False),
        sa.Column("issue_number", TEXT, nullable=False),
        sa.Column("recipient", TEXT, nullable=False),
        sa.Column("channel", TEXT, nullable=False),
        sa.Column("template", TEXT, nullable=False),
        sa.Column("stage", TEXT, nullable=False),
        sa.Column("level", TEXT, nullable=False),
        sa.Column("urgent", BOOLEAN, nullable=False),
        sa.Column("about", TEXT),
        sa.Column("params", JSON, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("not_before", INSTANT, nullable=False),
        sa.Column("digest_key", TEXT),
        sa.Column("attempts", INTEGER, server_default=sa.text("0"), nullable=False),
        sa.Column("next_at", INSTANT),
        sa.Column("delivered_at", INSTANT),
        sa.Column("undelivered_at", INSTANT),
        sa.Column("dropped_at", INSTANT),
        sa.Column("last_error", TEXT),
        sa.CheckConstraint(
            "length(dedupe_key) BETWEEN 1 AND 600", name="ck_notices_dedupe_key_size"
        ),
        sa.CheckConstraint("length(last_error) <= 1000", name="ck_notices_last_error_size"),
        sa.CheckConstraint("length(params::text) <= 20000", name="ck_notices_params_size"),
        sa.CheckConstraint(
            "num_nonnulls(next_at, delivered_at, undelivered_at, dropped_at) = 1",
            name="ck_notices_one_fate",
        ),
        sa.ForeignKeyConstraint(
            ["issue_number"], ["issues.number"], name="fk_notices_issue_number"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
        sa.UniqueConstraint("dedupe_key", name="uq_notices_dedupe_key"),
    )
    op.create_index("ix_notices_issue_number", "notices", ["issue_number"])
    op.create_index(
        "ix_notices_pending",
        "notices",
        ["next_at"],
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    op.create_table(
        "rechecks",
        sa.Column("id", SERIAL, sa.Identity(always=True), nullable=False),
        sa.Column("issue_number", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("created_at", INSTANT, server_default=sa.text("now()"), nullable=False),
        sa.Column("done_at", INSTANT),
        sa.CheckConstraint("length(reason) <= 200", name="ck_rechecks_reason_size"),
        sa.ForeignKeyConstraint(
            ["issue_number"], ["issues.number"], name="fk_rechecks_issue_number"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_rechecks"),
    )
    op.create_index(
        "ix_rechecks_pending", "rechecks", ["id"], postgresql_where=sa.text("done_at IS NULL")
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("key", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("route", TEXT, nullable=False),
        sa.Column("body_sha256", TEXT, nullable=False),
        sa.Column("status", INTEGER),
        sa.Column("answer", JSON),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint("length(body_sha256) = 64", name="ck_idempotency_keys_body_sha256_size"),
        sa.CheckConstraint("length(key) BETWEEN 1 AND 200", name="ck_idempotency_keys_key_size"),
        sa.PrimaryKeyConstraint("key", name="pk_idempotency_keys"),
    )
    op.create_index("ix_idempotency_keys_created_at", "idempotency_keys", ["created_at"])


def _reference() -> None:
    op.create_table(
        "reference_entries",
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("code", PATH, nullable=False),
        sa.Column("version", INTEGER, autoincrement=False, nullable=False),
        sa.Column("belongs_to", TEXT),
        sa.Column("body", JSON, nullable=False),
        sa.Column("retired", BOOLEAN, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("created_by", TEXT, nullable=False),
        sa.CheckConstraint("length(body::text) <= 2000000", name="ck_reference_entries_body_size"),
        sa.CheckConstraint("length(code) BETWEEN 1 AND 200", name="ck_reference_entries_code_size"),
        sa.CheckConstraint("version >= 1", name="ck_reference_entries_version"),
        sa.PrimaryKeyConstraint("kind", "code", "version", name="pk_reference_entries"),
    )
    op.create_index(
        "ix_reference_entries_kind_belongs_to",
        "reference_entries",
        ["kind", "belongs_to"],
        postgresql_where=sa.text("belongs_to IS NOT NULL"),
    )
