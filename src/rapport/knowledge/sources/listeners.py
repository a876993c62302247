"""What follows from what happened to files and snippets: their parts get their meaning."""

from rapport.kernel.context import Ctx
from rapport.kernel.events import Recorded, reader
from rapport.knowledge.listeners import embed_document
from rapport.knowledge.sources.events import DocumentChanged


@reader("knowledge.embedding_documents", DocumentChanged)
async def embed_changed(ctx: Ctx, event: DocumentChanged, record: Recorded) -> None:
    """Embed the parts of a file or a snippet that await it. Pages are embedded by their crawl."""
    await embed_document(ctx, event.document_id)
