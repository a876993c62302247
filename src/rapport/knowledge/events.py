"""Facts about the knowledge base. They carry ids only; whoever cares reads the rest."""

from uuid import UUID

from rapport.kernel.events import Event


class CollectionChanged(Event, name="knowledge.collection_changed"):
    """A collection was made, renamed or moved."""

    collection_id: UUID


class CollectionDeleted(Event, name="knowledge.collection_deleted"):
    """A collection is gone."""

    collection_id: UUID


class ArticleChanged(Event, name="knowledge.article_changed"):
    """An article was written, edited or moved; `version` rises when its words changed."""

    article_id: UUID
    version: int


class ArticlePublished(Event, name="knowledge.article_published"):
    """Everybody may now read the article, and the assistant may quote it."""

    article_id: UUID
    version: int


class ArticleUnpublished(Event, name="knowledge.article_unpublished"):
    """The article is a draft again: nobody outside may read it, and it is never quoted."""

    article_id: UUID
    version: int


class ArticleDeleted(Event, name="knowledge.article_deleted"):
    """An article is gone, with all its versions."""

    article_id: UUID
