"""Tables of the knowledge base.

What is searched are documents: published articles, and what comes from elsewhere. It is kept apart
from what is written: chunks and terms exist for documents only, so a search cannot find a draft,
whatever it asks.
"""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from pgvector.sqlalchemy import VECTOR
from sqlalchemy import (
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
    Uuid,
    column,
    table,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from rapport.kernel.models import Model, WorkspaceModel, reference

DIMENSIONS = 384


class Collection(WorkspaceModel):
    """A shelf of articles; shelves may stand inside shelves."""

    __tablename__ = "collections"
    __table_args__ = (
        UniqueConstraint("workspace_id", "slug"),
        reference("collections", "parent_id"),
        Index("ix_collections_parent", "workspace_id", "parent_id"),
    )

    parent_id: Mapped[UUID | None]
    name: Mapped[str]
    slug: Mapped[str]
    description: Mapped[str]
    position: Mapped[int]


class Article(WorkspaceModel):
    """A text that answers questions, in one language.

    `version` counts what was saved and rises when title, summary or body change; `word_count` is
    zero until the article is published and is what BM25 knows of its length.
    """

    __tablename__ = "articles"
    __table_args__ = (
        UniqueConstraint("workspace_id", "locale", "slug"),
        CheckConstraint("status IN ('draft', 'published')", name="status_known"),
        CheckConstraint("(status = 'published') = (published_at IS NOT NULL)", name="published"),
        reference("collections", "collection_id"),
        Index("ix_articles_recent", "workspace_id", text("updated_at DESC"), text("id DESC")),
        Index("ix_articles_collection", "workspace_id", "collection_id"),
    )

    collection_id: Mapped[UUID | None]
    title: Mapped[str]
    slug: Mapped[str]
    locale: Mapped[str]
    status: Mapped[str]
    summary: Mapped[str]
    body: Mapped[str]
    version: Mapped[int]
    word_count: Mapped[int]
    updated_at: Mapped[datetime]
    published_at: Mapped[datetime | None]


class ArticleVersion(WorkspaceModel):
    """What an article said at some time. Never changed."""

    __tablename__ = "article_versions"
    __table_args__ = (
        UniqueConstraint("workspace_id", "article_id", "number"),
        reference("articles", "article_id", ondelete="CASCADE"),
    )

    article_id: Mapped[UUID]
    number: Mapped[int]
    title: Mapped[str]
    summary: Mapped[str]
    body: Mapped[str]
    author: Mapped[str]


class SourceDocument(WorkspaceModel):
    """A text from elsewhere from which questions are answered.

    A page, a file, a snippet, or what a solved conversation leaves for others (`ai.solved`), which
    is found by those searches only that ask for it. It is searched as long as it exists. `url` is
    where everybody reads it, which only a page has; `file_name` what a file was called.
    `content_hash` covers all that is indexed.
    """

    __tablename__ = "source_documents"
    __table_args__ = (
        CheckConstraint("kind IN ('page', 'file', 'snippet', 'solved')", name="kind_known"),
        CheckConstraint("audience IN ('public', 'internal')", name="audience_known"),
        CheckConstraint("(kind = 'page') = (source_id IS NOT NULL)", name="pages_of_sources"),
        CheckConstraint("(kind = 'page') = (url IS NOT NULL)", name="pages_have_addresses"),
        reference("knowledge_sources", "source_id", ondelete="CASCADE"),
        Index("ix_source_documents_source", "workspace_id", "source_id", "content_hash"),
        # Files and snippets as they are listed.
        Index(
            "ix_source_documents_recent",
            "workspace_id",
            text("updated_at DESC"),
            text("id DESC"),
            postgresql_where=text("source_id IS NULL"),
        ),
    )

    source_id: Mapped[UUID | None]
    kind: Mapped[str]
    title: Mapped[str]
    url: Mapped[str | None]
    file_name: Mapped[str | None]
    locale: Mapped[str]
    audience: Mapped[str]
    body: Mapped[str]
    word_count: Mapped[int]
    content_hash: Mapped[bytes] = mapped_column(LargeBinary)
    updated_at: Mapped[datetime]


documents: Final = table(
    "documents",
    column("workspace_id", Uuid),
    column("id", Uuid),
    column("kind", Text),
    column("collection_id", Uuid),
    column("title", Text),
    column("slug", Text),
    column("url", Text),
    column("locale", Text),
    column("audience", Text),
    column("word_count", Integer),
    column("body", Text),
    column("updated_at", DateTime(timezone=True)),
)
"""All that is searched: a view of published articles (`kind` is `article`, for everybody) and of
source documents. `slug` is empty for what is no article, `url` null for what is no page. A solved
conversation was last changed when it was solved."""


class Chunk(WorkspaceModel):
    """A part of a document, small enough to have one meaning.

    `article_id` is the document's id: until 0024_sources all documents were articles, and the
    column keeps its name. It has no foreign key, because a document lies in one of two tables;
    whatever deletes it there deletes its parts and terms, by a trigger.

    `kind` is `title` (one per document, its text is the title) or `body`. Its words never change:
    a part that says something else is another part. What models made of it are `ChunkVector`s;
    `embedding` and `model` are what the release before 0020_vectors kept here, and unused.
    """

    __tablename__ = "chunks"
    __table_args__ = (
        CheckConstraint("kind IN ('title', 'body')", name="kind_known"),
        CheckConstraint("(embedding IS NULL) = (model IS NULL)", name="embedded_by_a_model"),
        Index("ix_chunks_article", "workspace_id", "article_id"),
        Index("ix_chunks_pending", "workspace_id", postgresql_where=text("model IS NULL")),
    )

    article_id: Mapped[UUID]
    kind: Mapped[str]
    position: Mapped[int]
    heading: Mapped[str]
    text: Mapped[str]
    embedding: Mapped[Any | None] = mapped_column(VECTOR(DIMENSIONS))
    model: Mapped[str | None]


class SearchIndex(WorkspaceModel):
    """What one embedding model made of a workspace's parts, and what that is good for.

    `serving` answers questions, at most one does; `building` will when it is complete; `retired`
    answered before, and what it holds is deleted. `description` is sealed: how the model is asked
    as long as it serves, empty where its name says it all. `dimensions` is null until a first
    vector was made, `error` says why the last attempt to make some failed.
    """

    __tablename__ = "search_indexes"
    __table_args__ = (
        UniqueConstraint("workspace_id", "model"),
        CheckConstraint("state IN ('building', 'serving', 'retired')", name="state_known"),
        Index(
            "uq_search_indexes_serving",
            "workspace_id",
            unique=True,
            postgresql_where=text("state = 'serving'"),
        ),
    )

    model: Mapped[str]
    description: Mapped[str]
    dimensions: Mapped[int | None]
    state: Mapped[str]
    state_at: Mapped[datetime]
    error: Mapped[str | None]


class ChunkVector(Model):
    """What one model made of one part; how many numbers that are is the model's choice.

    `article_id` and `kind` repeat the part's, so that ranking needs no join.
    """

    __tablename__ = "chunk_vectors"
    __table_args__ = (reference("chunks", "chunk_id", ondelete="CASCADE"),)

    workspace_id: Mapped[UUID] = mapped_column(
        ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True
    )
    chunk_id: Mapped[UUID] = mapped_column(primary_key=True)
    model: Mapped[str] = mapped_column(primary_key=True)
    article_id: Mapped[UUID]
    kind: Mapped[str]
    embedding: Mapped[Any] = mapped_column(VECTOR())


class ArticleTerm(Model):
    """How often a document says a word: the postings BM25 counts. `article_id` as in `Chunk`.

    `article_words` repeats the document's length, so that scoring needs no join.
    """

    __tablename__ = "article_terms"
    __table_args__ = (Index("ix_article_terms_article", "workspace_id", "article_id"),)

    workspace_id: Mapped[UUID] = mapped_column(
        ForeignKey("workspaces.id", ondelete="CASCADE"), primary_key=True
    )
    term: Mapped[str] = mapped_column(primary_key=True)
    article_id: Mapped[UUID] = mapped_column(primary_key=True)
    frequency: Mapped[int]
    article_words: Mapped[int]
