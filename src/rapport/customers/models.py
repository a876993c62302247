"""People who ask, the addresses they write from, and what is known about them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Computed, Index, Text, UniqueConstraint, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from rapport.kernel.models import WorkspaceModel, reference


class Company(WorkspaceModel):
    """An organisation customers belong to."""

    __tablename__ = "companies"
    __table_args__ = (Index("uq_companies_name", "workspace_id", text("lower(name)"), unique=True),)

    name: Mapped[str]
    domain: Mapped[str | None]
    attributes: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))


class Customer(WorkspaceModel):
    """One person, whichever addresses they write from.

    An empty `name` is a visitor who has not said it. A merged customer keeps their row, so that the
    merge can be undone, and `merged_into_id` says who they turned out to be.
    """

    __tablename__ = "customers"
    __table_args__ = (
        reference("companies", "company_id", ondelete="SET NULL"),
        reference("customers", "merged_into_id"),
        # The list of customers, last seen first.
        Index(
            "ix_customers_recent",
            "workspace_id",
            "last_seen_at",
            "id",
            postgresql_where=text("merged_into_id IS NULL"),
        ),
        Index(
            "ix_customers_merged",
            "workspace_id",
            "merged_into_id",
            postgresql_where=text("merged_into_id IS NOT NULL"),
        ),
        # Search by any part of a name or an address. There is no pg_trgm in the embedded server.
        Index("ix_customers_grams", "grams", postgresql_using="gin"),
    )

    name: Mapped[str] = mapped_column(server_default="")
    email: Mapped[str | None]
    phone: Mapped[str | None]
    company_id: Mapped[UUID | None]
    locale: Mapped[str | None]
    timezone: Mapped[str | None]
    attributes: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    verified: Mapped[bool] = mapped_column(server_default=text("false"))
    """Whether one of their identities was proved, so that they may see their history."""
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    """To about five minutes, so that a busy customer does not rewrite the search index."""
    conversation_count: Mapped[int] = mapped_column(server_default=text("0"))
    merged_into_id: Mapped[UUID | None]
    erased_at: Mapped[datetime | None]
    """Since when nothing is known, and nothing new may be noted, about them."""
    search_text: Mapped[str] = mapped_column(server_default="")
    """Name, e-mail and phone without case and accents."""
    grams: Mapped[list[str]] = mapped_column(
        ARRAY(Text), Computed("trigrams(search_text)", persisted=True), deferred=True
    )


class Identity(WorkspaceModel):
    """A customer's address on a channel: an e-mail address, a number, a browser, a user id."""

    __tablename__ = "identities"
    __table_args__ = (
        reference("customers", "customer_id", ondelete="CASCADE"),
        UniqueConstraint("workspace_id", "channel", "address"),
        Index("ix_identities_customer", "workspace_id", "customer_id"),
    )

    customer_id: Mapped[UUID]
    channel: Mapped[str]
    address: Mapped[str]
    verified: Mapped[bool] = mapped_column(server_default=text("false"))
    """Whether the channel or a signed token proved that the address is theirs."""


class Consent(WorkspaceModel):
    """That a customer allowed one use of their data, and when they stopped to."""

    __tablename__ = "consents"
    __table_args__ = (
        reference("customers", "customer_id", ondelete="CASCADE"),
        Index("ix_consents_customer", "workspace_id", "customer_id", "purpose"),
    )

    customer_id: Mapped[UUID]
    purpose: Mapped[str]
    source: Mapped[str]
    """Where they said so, e.g. `pre_chat_form`."""
    revoked_at: Mapped[datetime | None]


class Merge(WorkspaceModel):
    """That a customer was merged into another, with all it takes to undo it."""

    __tablename__ = "customer_merges"
    __table_args__ = (
        reference("customers", "customer_id", ondelete="CASCADE"),
        reference("customers", "into_id", ondelete="CASCADE"),
        Index(
            "uq_customer_merges_live",
            "workspace_id",
            "customer_id",
            unique=True,
            postgresql_where=text("undone_at IS NULL"),
        ),
    )

    customer_id: Mapped[UUID]
    into_id: Mapped[UUID]
    identity_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    filled: Mapped[dict[str, Any]]
    """Which empty fields of the survivor were filled, and with what."""
    conversation_count: Mapped[int]
    actor: Mapped[str]
    undone_at: Mapped[datetime | None]


class TimelineItem(WorkspaceModel):
    """Something that happened to a customer, written once per `source`."""

    __tablename__ = "timeline_items"
    __table_args__ = (
        reference("customers", "customer_id", ondelete="CASCADE"),
        UniqueConstraint("workspace_id", "source"),
        Index("ix_timeline_items_customer", "workspace_id", "customer_id", "at", "id"),
    )

    customer_id: Mapped[UUID]
    kind: Mapped[str]
    at: Mapped[datetime]
    title: Mapped[str]
    text: Mapped[str]
    source: Mapped[str]
    """What it tells of, e.g. `conversation_started:<id>`."""
    conversation_id: Mapped[UUID | None]
