"""Customers, conversations, and the functions that look across workspaces."""

from importlib.resources import files

from alembic import op

from rapport.conversations import models as conversations
from rapport.customers import models as customers
from rapport.kernel.database.ddl import create, define, run

revision = "0004_conversations"
down_revision = "0003_log"
branch_labels = None
depends_on = None


def _sql(room: str, name: str) -> str:
    return files(f"rapport.{room}").joinpath("sql", f"{name}.sql").read_text("utf-8")


def upgrade() -> None:
    """Create them."""
    run(op, _sql("customers", "trigrams"))
    create(
        op,
        customers.Company,
        customers.Customer,
        customers.Identity,
        customers.Consent,
        customers.Merge,
        customers.TimelineItem,
        conversations.Inbox,
        conversations.Conversation,
        conversations.ConversationStart,
        conversations.Message,
        conversations.ConversationSeen,
        conversations.Draft,
        conversations.Tag,
        conversations.ConversationTag,
        conversations.Macro,
        conversations.RejectedMessage,
        conversations.SearchDocument,
        conversations.ConversationMove,
    )
    define(op, _sql("customers", "search_customers"))
    for name in (
        "next_conversation_number",
        "ingest_messages",
        "keep_rejected_message",
        "wake_snoozed",
        "search_conversations",
    ):
        define(op, _sql("conversations", name))


def downgrade() -> None:
    """Roll back by restoring a backup; migrations only go forward."""
