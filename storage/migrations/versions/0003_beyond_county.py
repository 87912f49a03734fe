"""Whether an issue is beyond the county, for lists. Expands only.

No row has to be filled: only meetings, which this release brings, make an issue so.

Revision ID: 0003_beyond_county
Revises: 0002_meetings
"""

from alembic import op

revision = "0003_beyond_county"
down_revision = "0002_meetings"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE issues ADD COLUMN beyond_county boolean DEFAULT false NOT NULL")


def downgrade() -> None:
    op.execute("ALTER TABLE issues DROP COLUMN beyond_county")
