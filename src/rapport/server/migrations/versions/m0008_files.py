"""Tables of files."""

from alembic import op

from rapport.kernel.database.ddl import create
from rapport.kernel.files.models import File

revision = "0008_files"
down_revision = "0007_assistant"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create them."""
    create(op, File)


def downgrade() -> None:
    """Roll back by restoring a backup; migrations only go forward."""
