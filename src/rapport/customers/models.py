"""People who ask, the addresses they write from, and what is known about them."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Computed,
    Index,
    Numeric,
    SmallInteger,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
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

    An empty `name` is a visitor who has not said it. A merged customer keeps their row, their
    addresses and what they allowed, so that the merge can be undone, and `merged_into_id` says who
    they turned out to be. While somebody is merged into a customer, `own` keeps what the customer
    has of their own, and the other columns show both together (`profiles.show`).
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
        Index(
            "ix_customers_company",
            "workspace_id",
            "company_id",
            "last_seen_at",
            "id",
            postgresql_where=text("company_id IS NOT NULL AND merged_into_id IS NULL"),
        ),
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
    preferences: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    """`language`, `channel`, `tone`, and `needs`: a list of what makes us accessible to them."""
    status: Mapped[str | None]
    value: Mapped[Decimal | None] = mapped_column(Numeric(16, 2))
    """What they are worth to the workspace, in its own unit."""
    own: Mapped[dict[str, Any] | None]
    """Their own values as JSON while others are merged into them; null when all shown is theirs."""
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
    verified_at: Mapped[datetime | None]
    verified_by: Mapped[str | None]
    """What proved it: `token`, `dmarc`, `channel`, `api` or `agent`."""
    source: Mapped[str] = mapped_column(server_default="unknown")
    """How it came: `webchat`, `mail`, `agent`, `import`, `api` or `token`."""
    is_shared: Mapped[bool] = mapped_column(server_default=text("false"))
    """Whether several people write from it (a family, a reception): it proves nothing about who."""


class Claim(WorkspaceModel):
    """An address that somebody says is theirs, or that was proved while another customer has it.

    A claim finds nobody and shows nothing: it only makes a suggestion that two may be one person.
    """

    __tablename__ = "identity_claims"
    __table_args__ = (
        reference("customers", "customer_id", ondelete="CASCADE"),
        UniqueConstraint("workspace_id", "customer_id", "channel", "address"),
        Index("ix_identity_claims_address", "workspace_id", "channel", "address"),
    )

    customer_id: Mapped[UUID]
    channel: Mapped[str]
    address: Mapped[str]
    source: Mapped[str]
    verified_at: Mapped[datetime | None]
    verified_by: Mapped[str | None]
    is_shared: Mapped[bool] = mapped_column(server_default=text("false"))


class Consent(WorkspaceModel):
    """That a customer allowed or refused one use of their data on a channel, and how we know.

    Each decision is a row of its own and the latest holds. A permission that was taken back has
    `revoked_at`; so has a refusal, from the beginning.
    """

    __tablename__ = "consents"
    __table_args__ = (
        reference("customers", "customer_id", ondelete="CASCADE"),
        Index("ix_consents_customer", "workspace_id", "customer_id", "purpose"),
    )

    customer_id: Mapped[UUID]
    purpose: Mapped[str]
    source: Mapped[str]
    """Where they said so, e.g. `pre_chat_form`."""
    channel: Mapped[str] = mapped_column(server_default="")
    """The channel it is about; empty for all of them."""
    is_granted: Mapped[bool] = mapped_column(server_default=text("true"))
    words: Mapped[str] = mapped_column(server_default="")
    """What they were shown when they decided."""
    proof: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    """`ip` and `agent` of the browser, where it was one and they may be kept."""
    actor: Mapped[str] = mapped_column(server_default="")
    actor_name: Mapped[str] = mapped_column(server_default="")
    revoked_at: Mapped[datetime | None]


class Merge(WorkspaceModel):
    """That a customer was merged into another.

    A merge is a pointer, `customers.merged_into_id`: nothing moves and nothing is deleted. Those of
    `form` 1 come from a version that moved addresses and filled fields; both are in the row.
    """

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
    """Which empty fields of the survivor were filled, and with what; only in form 1."""
    conversation_count: Mapped[int]
    form: Mapped[int] = mapped_column(SmallInteger, server_default=text("1"))
    rule: Mapped[str] = mapped_column(server_default="person")
    """Who decided: a `person`, a `rule` of the workspace, or a `proof` that a visitor brought."""
    actor: Mapped[str]
    actor_name: Mapped[str] = mapped_column(server_default="")
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
    data: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    """Particulars, such as the properties of an event that a program sent."""
    actor: Mapped[str] = mapped_column(server_default="")
    actor_name: Mapped[str] = mapped_column(server_default="")


class Change(WorkspaceModel):
    """That a field of a customer got another value: who changed it, when, from what, to what."""

    __tablename__ = "customer_changes"
    __table_args__ = (
        reference("customers", "customer_id", ondelete="CASCADE"),
        Index("ix_customer_changes_customer", "workspace_id", "customer_id", "id"),
    )

    customer_id: Mapped[UUID]
    field: Mapped[str]
    """`name`, `attributes.<key>`, `preferences.<key>` …"""
    old: Mapped[dict[str, Any] | None]
    """`{"value": …}`; null when there was none."""
    new: Mapped[dict[str, Any] | None]
    source: Mapped[str]
    actor: Mapped[str]
    actor_name: Mapped[str]


class PainPoint(WorkspaceModel):
    """What makes a customer's life hard, as somebody noticed it, until it is resolved."""

    __tablename__ = "pain_points"
    __table_args__ = (
        reference("customers", "customer_id", ondelete="CASCADE"),
        Index("ix_pain_points_customer", "workspace_id", "customer_id", "id"),
    )

    customer_id: Mapped[UUID]
    text: Mapped[str]
    source: Mapped[str]
    """`person`, or what found it."""
    actor: Mapped[str]
    actor_name: Mapped[str]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[str] = mapped_column(server_default="")
