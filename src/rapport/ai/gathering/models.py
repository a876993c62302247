"""What must be known for each intent, and what is known in each conversation."""

from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKeyConstraint, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from rapport.kernel.models import Model


class IntentFacts(Model):
    """The facts that one intent needs, in the order in which they are asked for."""

    __tablename__ = "gathering_intents"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "intent_id"],
            ["triage_intents.workspace_id", "triage_intents.id"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], ondelete="CASCADE"),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    intent_id: Mapped[UUID] = mapped_column(primary_key=True)
    facts: Mapped[list[Any]]
    """See `schemas.FactIn`."""


class Gathering(Model):
    """What one conversation's customer was asked for, and what they told.

    `known` has, by the name of the fact, `{"value", "source"}`; `tries` how often it was asked in
    vain.
    """

    __tablename__ = "gatherings"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "conversation_id"],
            ["conversations.workspace_id", "conversations.id"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["workspace_id", "intent_id"],
            ["triage_intents.workspace_id", "triage_intents.id"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(["workspace_id"], ["workspaces.id"], ondelete="CASCADE"),
        CheckConstraint("state IN ('asking', 'complete', 'given_up')", name="state_known"),
        Index("ix_gatherings_intent", "workspace_id", "intent_id"),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(primary_key=True)
    intent_id: Mapped[UUID]
    state: Mapped[str]
    seq: Mapped[int]
    """The place of the message that the intent was read in."""
    asked: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    """The names of the facts that the last question was about, in its order."""
    known: Mapped[dict[str, Any]]
    tries: Mapped[dict[str, Any]]
    refused: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
