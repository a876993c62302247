"""Sources as the console and API keys see them."""

import asyncio
from datetime import timedelta
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from rapport.kernel import limits
from rapport.kernel.auth.http import AgentRoute, authenticate_agent
from rapport.kernel.context import Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.errors import Forbidden, TooMany
from rapport.kernel.files.errors import FileTooLarge, UploadMalformed
from rapport.kernel.files.uploads import MULTIPART_BODY, read_upload
from rapport.kernel.http import Permitted, Principal, problems
from rapport.kernel.schemas import CursorMalformed, Page
from rapport.knowledge.models import SourceDocument
from rapport.knowledge.schemas import Audience, Locale
from rapport.knowledge.sources import documents
from rapport.knowledge.sources import service as sources
from rapport.knowledge.sources.errors import (
    AddressOutside,
    CrawlUnderWay,
    DocumentNotFound,
    NothingToCancel,
    SourceNotFound,
    TextUnreadable,
)
from rapport.knowledge.sources.jobs import queue, web_of
from rapport.knowledge.sources.models import Source
from rapport.knowledge.sources.reading import files
from rapport.knowledge.sources.schemas import (
    DocumentOut,
    DocumentPatch,
    DocumentRow,
    OwnKind,
    PageState,
    PageTrialIn,
    PageTrialOut,
    SnippetIn,
    SourceDetailOut,
    SourceIn,
    SourceOut,
    SourcePageOut,
    SourcePatch,
)
from rapport.knowledge.sources.trying import try_page

TRIALS: Final = limits.Limit("knowledge:trials", times=60, per=timedelta(minutes=10))
"""Per workspace: whoever may try addresses shall not use us to look at other servers."""

router = APIRouter(prefix="/knowledge", tags=["knowledge"], route_class=AgentRoute)
slow = APIRouter(prefix="/knowledge", tags=["knowledge"])
"""What takes its time before the database is asked for anything."""
CanRead = Annotated[Ctx, Depends(Permitted("knowledge.read"))]
CanWrite = Annotated[Ctx, Depends(Permitted("knowledge.write"))]
Limit = Annotated[int, Query(ge=1, le=200)]


async def may_write(request: Request) -> Principal:
    """A dependency: whoever may write to the knowledge base; no transaction is opened."""
    principal = await authenticate_agent(request)
    if "knowledge.write" not in principal.actor.permissions:
        raise Forbidden("This needs the permission 'knowledge.write'.")
    return principal


Writer = Annotated[Principal, Depends(may_write)]


@router.get("/sources", response_model=Page[SourceOut], responses=problems(CursorMalformed))
async def list_sources(
    ctx: CanRead, cursor: str | None = None, limit: Limit = 50
) -> Page[SourceOut]:
    """Web sites from which questions are answered, the latest first."""
    found, following = await sources.list_sources(ctx, cursor=cursor, limit=limit)
    return Page(items=[SourceOut.model_validate(one) for one in found], next=following)


@router.post("/sources", response_model=SourceOut, status_code=201)
async def create_source(body: SourceIn, ctx: CanWrite) -> Source:
    """Set up a web site. With a schedule its first crawl begins within ten minutes."""
    return await sources.create_source(ctx, body)


@router.get("/sources/{source_id}", responses=problems(SourceNotFound))
async def get_source(source_id: UUID, ctx: CanRead) -> SourceDetailOut:
    """One source, and how its crawl goes."""
    return await sources.detailed(ctx, await sources.get_source(ctx, source_id))


@router.patch(
    "/sources/{source_id}",
    response_model=SourceOut,
    responses=problems(SourceNotFound, CrawlUnderWay),
)
async def change_source(source_id: UUID, body: SourcePatch, ctx: CanWrite) -> Source:
    """Change a source: who may read it at once, the rest from the next crawl on."""
    return await sources.change_source(ctx, source_id, body)


@router.delete("/sources/{source_id}", status_code=204, responses=problems(SourceNotFound))
async def delete_source(source_id: UUID, ctx: CanWrite) -> None:
    """Remove a source with all its pages."""
    await sources.delete_source(ctx, source_id)


@router.post(
    "/sources/{source_id}/crawl",
    response_model=SourceOut,
    responses=problems(SourceNotFound, CrawlUnderWay),
)
async def start_crawl(source_id: UUID, ctx: CanWrite) -> Source:
    """Crawl a source, in the background."""
    source = await sources.start(ctx, source_id)
    await queue(ctx, source)
    return source


@router.post(
    "/sources/{source_id}/cancel",
    response_model=SourceOut,
    responses=problems(SourceNotFound, NothingToCancel),
)
async def cancel_crawl(source_id: UUID, ctx: CanWrite) -> Source:
    """End a crawl; what is indexed stays."""
    return await sources.cancel(ctx, source_id)


@router.post(
    "/sources/{source_id}/retry",
    response_model=SourceOut,
    responses=problems(SourceNotFound, CrawlUnderWay),
)
async def retry_failed_pages(source_id: UUID, ctx: CanWrite) -> Source:
    """Visit the pages that failed once more, in the background."""
    source = await sources.retry(ctx, source_id)
    await queue(ctx, source)
    return source


@router.get(
    "/sources/{source_id}/pages",
    response_model=Page[SourcePageOut],
    responses=problems(SourceNotFound, CursorMalformed),
)
async def list_source_pages(
    source_id: UUID,
    ctx: CanRead,
    state: PageState | None = None,
    cursor: str | None = None,
    limit: Limit = 50,
) -> Page[SourcePageOut]:
    """The addresses of a source, and what came of each."""
    found, following = await sources.list_pages(
        ctx, source_id, state=state, cursor=cursor, limit=limit
    )
    return Page(items=[SourcePageOut.model_validate(one) for one in found], next=following)


@slow.post(
    "/sources/{source_id}/try",
    responses=problems(Forbidden, SourceNotFound, AddressOutside, TooMany),
)
async def try_source_page(
    source_id: UUID, body: PageTrialIn, request: Request, principal: Writer
) -> PageTrialOut:
    """Look at one address of a source: what would be indexed of it. Nothing is kept."""
    database: Database = request.app.state.database
    await limits.take(database, TRIALS, str(principal.workspace_id))
    async with web_of(database) as web:
        return await try_page(
            database, principal.workspace_id, principal.actor, source_id, body.url, web
        )


@slow.post(
    "/files",
    response_model=DocumentOut,
    status_code=201,
    responses=problems(Forbidden, UploadMalformed, FileTooLarge, TextUnreadable),
    openapi_extra=MULTIPART_BODY,
)
async def upload_knowledge_file(
    request: Request,
    principal: Writer,
    locale: Annotated[Locale, Query()] = "en",
    audience: Annotated[Audience, Query()] = "public",
) -> SourceDocument:
    """Read the text of a file (.txt, .md, .html, .csv, .tsv), from which questions are answered."""
    upload = await read_upload(request, max_bytes=files.MAX_BYTES)
    name, text = await asyncio.to_thread(files.read, upload.name, upload.content)
    database: Database = request.app.state.database
    async with database.begin(principal.workspace_id, principal.actor) as ctx:
        return await documents.create_file(
            ctx, text, file_name=name, locale=locale, audience=audience
        )


@router.post("/snippets", response_model=DocumentOut, status_code=201)
async def create_snippet(body: SnippetIn, ctx: CanWrite) -> SourceDocument:
    """Keep a short text that answers one question."""
    return await documents.create_snippet(ctx, body)


@router.get("/documents", response_model=Page[DocumentRow], responses=problems(CursorMalformed))
async def list_documents(
    ctx: CanRead, kind: OwnKind | None = None, cursor: str | None = None, limit: Limit = 50
) -> Page[DocumentRow]:
    """Files and snippets by last change."""
    found, following = await documents.list_documents(ctx, kind=kind, cursor=cursor, limit=limit)
    return Page(items=[DocumentRow.model_validate(one) for one in found], next=following)


@router.get(
    "/documents/{document_id}", response_model=DocumentOut, responses=problems(DocumentNotFound)
)
async def get_document(document_id: UUID, ctx: CanRead) -> SourceDocument:
    """One file or snippet, with its text."""
    return await documents.get_document(ctx, document_id)


@router.patch(
    "/documents/{document_id}", response_model=DocumentOut, responses=problems(DocumentNotFound)
)
async def change_document(document_id: UUID, body: DocumentPatch, ctx: CanWrite) -> SourceDocument:
    """Change a file or a snippet."""
    return await documents.change_document(ctx, document_id, body)


@router.delete("/documents/{document_id}", status_code=204, responses=problems(DocumentNotFound))
async def delete_document(document_id: UUID, ctx: CanWrite) -> None:
    """Remove a file or a snippet."""
    await documents.delete_document(ctx, document_id)
