"""Files and snippets: texts that somebody gave, and that questions are answered from."""

from collections.abc import Sequence
from uuid import UUID

from rapport.kernel.audit import service as audit
from rapport.kernel.context import Ctx
from rapport.kernel.events import emit
from rapport.knowledge.models import SourceDocument
from rapport.knowledge.schemas import Audience
from rapport.knowledge.search import indexing
from rapport.knowledge.sources.events import DocumentChanged, DocumentDeleted
from rapport.knowledge.sources.reading.page import Text
from rapport.knowledge.sources.repository import DocumentRepository
from rapport.knowledge.sources.schemas import DocumentPatch, OwnKind, SnippetIn


async def list_documents(
    ctx: Ctx, *, kind: OwnKind | None = None, cursor: str | None = None, limit: int = 50
) -> tuple[Sequence[SourceDocument], str | None]:
    """Files and snippets by last change, and the next page's cursor. Raises CursorMalformed."""
    return await DocumentRepository(ctx).page(kind=kind, cursor=cursor, limit=limit)


async def get_document(ctx: Ctx, document_id: UUID) -> SourceDocument:
    """One file or snippet. Raises DocumentNotFound."""
    return await DocumentRepository(ctx).own(document_id)


async def create_snippet(ctx: Ctx, new: SnippetIn) -> SourceDocument:
    """Keep a short text that answers one question: it is searched at once."""
    text = Text(new.title, new.body)
    return await _create(ctx, "snippet", text, new.locale, new.audience, file_name=None)


async def create_file(
    ctx: Ctx, text: Text, *, file_name: str, locale: str, audience: Audience
) -> SourceDocument:
    """Keep the text of a file: it is searched at once. The file itself is not kept."""
    return await _create(ctx, "file", text, locale, audience, file_name=file_name)


async def change_document(ctx: Ctx, document_id: UUID, patch: DocumentPatch) -> SourceDocument:
    """Change the named fields, at once. A patch that changes nothing announces nothing.

    Raises:
        DocumentNotFound: no such file or snippet.
    """
    document = await DocumentRepository(ctx).own(document_id, lock=True)
    changes = patch.changes()
    changed = {name for name, value in changes.items() if getattr(document, name) != value}
    if not changed:
        return document
    for name in changed:
        setattr(document, name, changes[name])
    document.updated_at = ctx.now()
    if changed != {"audience"}:
        document.content_hash = Text(document.title, document.body).fingerprint(document.locale)
        await indexing.index(ctx, document)
    await ctx.session.flush()
    await emit(ctx, DocumentChanged(document_id=document.id))
    await _record(ctx, document, "changed", fields=sorted(changed))
    return document


async def delete_document(ctx: Ctx, document_id: UUID) -> None:
    """Remove a file or a snippet: no search finds it any more. Raises DocumentNotFound."""
    documents = DocumentRepository(ctx)
    document = await documents.own(document_id, lock=True)
    await documents.remove(document)
    await emit(ctx, DocumentDeleted(document_id=document_id))
    await _record(ctx, document, "deleted")


async def _create(
    ctx: Ctx,
    kind: OwnKind,
    text: Text,
    locale: str,
    audience: Audience,
    *,
    file_name: str | None,
) -> SourceDocument:
    document = await DocumentRepository(ctx).add(
        source_id=None,
        kind=kind,
        title=text.title,
        url=None,
        file_name=file_name,
        locale=locale,
        audience=audience,
        body=text.body,
        word_count=0,
        content_hash=text.fingerprint(locale),
        updated_at=ctx.now(),
    )
    await indexing.index(ctx, document)
    await ctx.session.flush()
    await emit(ctx, DocumentChanged(document_id=document.id))
    await _record(ctx, document, "created", audience=audience)
    return document


async def _record(ctx: Ctx, document: SourceDocument, what: str, **details: object) -> None:
    await audit.record(
        ctx,
        f"{document.kind}.{what}",
        subject=f"document:{document.id}",
        name=document.title,
        details=details,
    )
