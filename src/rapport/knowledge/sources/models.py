"""Web sites to be crawled, and what is known of each of their addresses."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from rapport.kernel.models import WorkspaceModel, reference


class Source(WorkspaceModel):
    """A web site whose pages are documents; also how its last crawl went.

    `hosts` may be visited besides the host of `start_url`; `include` and `exclude` are patterns of
    paths. `found`, `done`, `changed` and `failed` count addresses of the crawl numbered `crawl`.
    `error` is a sentence that says why that crawl ended before its time.
    """

    __tablename__ = "knowledge_sources"
    __table_args__ = (
        CheckConstraint(
            "state IN ('new', 'queued', 'running', 'stopping', 'done', 'cancelled', 'failed')",
            name="state_known",
        ),
        CheckConstraint("audience IN ('public', 'internal')", name="audience_known"),
        # What is to be crawled again; only sources with a schedule have a next time.
        Index(
            "ix_knowledge_sources_next",
            "workspace_id",
            "next_at",
            postgresql_where=text("next_at IS NOT NULL"),
        ),
    )

    name: Mapped[str]
    start_url: Mapped[str]
    sitemap_url: Mapped[str | None]
    hosts: Mapped[list[str]] = mapped_column(ARRAY(Text))
    include: Mapped[list[str]] = mapped_column(ARRAY(Text))
    exclude: Mapped[list[str]] = mapped_column(ARRAY(Text))
    max_depth: Mapped[int]
    max_pages: Mapped[int]
    every_hours: Mapped[int | None]
    locale: Mapped[str]
    audience: Mapped[str]
    state: Mapped[str]
    crawl: Mapped[int]
    found: Mapped[int]
    done: Mapped[int]
    changed: Mapped[int]
    failed: Mapped[int]
    error: Mapped[str | None]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    next_at: Mapped[datetime | None]


class SourcePage(WorkspaceModel):
    """An address of a source, and what came of the last visit.

    Those that are `waiting` are the frontier of the crawl numbered `crawl`, visited by attempts,
    depth and id: whoever goes on with a crawl needs nothing else. `reason` is a code and `detail` a
    sentence, both empty where nothing needs to be said. `document_id` is what is indexed of it.
    """

    __tablename__ = "source_pages"
    __table_args__ = (
        CheckConstraint(
            "state IN ('waiting', 'indexed', 'read', 'skipped', 'failed', 'gone')",
            name="state_known",
        ),
        UniqueConstraint("workspace_id", "source_id", "url"),
        reference("knowledge_sources", "source_id", ondelete="CASCADE"),
        reference("source_documents", "document_id", ondelete="SET NULL"),
        Index(
            "ix_source_pages_waiting",
            *("workspace_id", "source_id", "attempts", "depth", "id"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index("ix_source_pages_source", "workspace_id", "source_id", "id"),
        Index("ix_source_pages_state", "workspace_id", "source_id", "state", "id"),
        Index("ix_source_pages_document", "workspace_id", "document_id"),
    )

    source_id: Mapped[UUID]
    url: Mapped[str]
    is_sitemap: Mapped[bool]
    depth: Mapped[int]
    crawl: Mapped[int]
    attempts: Mapped[int]
    state: Mapped[str]
    reason: Mapped[str]
    detail: Mapped[str]
    etag: Mapped[str]
    last_modified: Mapped[str]
    document_id: Mapped[UUID | None]
    visited_at: Mapped[datetime | None]
