"""What follows from what happened to articles: their parts get their meaning."""

from typing import Final
from uuid import UUID

import structlog

from rapport.kernel.context import Ctx
from rapport.kernel.errors import RapportError
from rapport.kernel.events import Recorded, reader
from rapport.knowledge.events import ArticleChanged, ArticlePublished
from rapport.knowledge.search import indexing
from rapport.knowledge.search.chunking import MAX_CHUNKS

PATIENCE_S: Final = 40.0
"""Less than a reader has for an event: one that failed would hold up those behind it."""
log = structlog.get_logger(__name__)


@reader("knowledge.embedding", ArticlePublished, ArticleChanged)
async def embed_article(
    ctx: Ctx, event: ArticlePublished | ArticleChanged, record: Recorded
) -> None:
    """Embed the parts of an article that await it, all at once: nothing slow follows a write.

    Where the model fails, or takes long, they go on waiting, found by their words, until
    `embed_the_rest` comes by.
    """
    await embed_document(ctx, event.article_id)


async def embed_document(ctx: Ctx, document_id: UUID) -> None:
    """Embed the parts of a document that await it, as far as that is possible within the time."""
    try:
        await indexing.embed_pending(
            ctx, article_id=document_id, limit=MAX_CHUNKS + 1, within_s=PATIENCE_S
        )
    except (RapportError, TimeoutError) as error:
        reason = error.code if isinstance(error, RapportError) else "took_too_long"
        log.warning("document_not_embedded", document_id=str(document_id), reason=reason)
