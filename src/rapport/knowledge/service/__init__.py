"""The knowledge base's front door.

For the assistant: `retrieve(ctx, question, *, limit=8, locale=None, among=None) -> list[Passage]`,
best first and for everybody, `document_text(ctx, id)`, `mode(ctx) -> "hybrid" | "words"`,
`content_words(text)`, the words by which the search counts, and `titles(ctx)` with
`names_state(ctx)`, what the documents are called.
"""

from rapport.knowledge.search.words import content_words
from rapport.knowledge.service.addresses import article_url, collection_url, help_base
from rapport.knowledge.service.articles import (
    articles_by_ids,
    change_article,
    create_article,
    delete_article,
    find_article,
    get_article,
    list_articles,
    list_versions,
    preview,
    publish,
    published_by_locale,
    restore_version,
    shown,
    unpublish,
)
from rapport.knowledge.service.collections import (
    change_collection,
    create_collection,
    delete_collection,
    get_collection,
    list_collections,
)
from rapport.knowledge.service.indexes import list_indexes
from rapport.knowledge.service.names import names_state, titles
from rapport.knowledge.service.retrieval import (
    document_text,
    fitting,
    mode,
    retrieve,
    search,
    status,
)
from rapport.knowledge.service.settings import KnowledgeSettings

__all__ = [
    "KnowledgeSettings",
    "article_url",
    "articles_by_ids",
    "change_article",
    "change_collection",
    "collection_url",
    "content_words",
    "create_article",
    "create_collection",
    "delete_article",
    "delete_collection",
    "document_text",
    "find_article",
    "fitting",
    "get_article",
    "get_collection",
    "help_base",
    "list_articles",
    "list_collections",
    "list_indexes",
    "list_versions",
    "mode",
    "names_state",
    "preview",
    "publish",
    "published_by_locale",
    "restore_version",
    "retrieve",
    "search",
    "shown",
    "status",
    "titles",
    "unpublish",
]
