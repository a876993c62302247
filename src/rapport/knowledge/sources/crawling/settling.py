"""What came of a visit, written down: one transaction per address."""

from typing import Final
from uuid import UUID

from rapport.kernel.context import Ctx
from rapport.knowledge.models import SourceDocument
from rapport.knowledge.search import indexing
from rapport.knowledge.sources.crawling.visiting import Visit
from rapport.knowledge.sources.models import Source, SourcePage
from rapport.knowledge.sources.reading.page import Text
from rapport.knowledge.sources.repository import (
    DocumentRepository,
    PageRepository,
    SourceRepository,
)

MAX_ATTEMPTS: Final = 3
_MAX_SITEMAP_DEPTH: Final = 2
_STANDS_ELSEWHERE: Final = frozenset({"canonical", "moved", "same_text"})


async def settle(ctx: Ctx, source_id: UUID, page_id: UUID, visit: Visit) -> Source:
    """Write down what came of the visit to a waiting address, and where it leads.

    What is no longer waiting was settled by somebody else, and is left as it is.
    """
    source = await SourceRepository(ctx).get(source_id, lock=True)
    pages = PageRepository(ctx)
    page = await pages.find(page_id, lock=True)
    if page is None or page.state != "waiting" or source.state not in {"running", "stopping"}:
        return source
    page.visited_at = ctx.now()
    if visit.may_help and page.attempts + 1 < MAX_ATTEMPTS:
        page.attempts += 1
        page.detail = visit.detail
        return source
    is_new = await _keep(ctx, source, page, visit)
    source.done += 1
    source.changed += is_new
    source.failed += page.state == "failed"
    await ctx.session.flush()
    await _follow(pages, source, page, visit)
    return source


async def _keep(ctx: Ctx, source: Source, page: SourcePage, visit: Visit) -> bool:
    """Bring an address, and what is indexed of it, up to date; whether its text is another one."""
    page.state, page.reason, page.detail = visit.state, visit.reason, visit.detail
    if visit.keeps:
        return False
    page.etag, page.last_modified = visit.etag, visit.last_modified
    if visit.text is not None and visit.leads_to is not None:
        other = await PageRepository(ctx).at(source.id, visit.leads_to)
        if other is not None and other.reason in _STANDS_ELSEWHERE and other.crawl == source.crawl:
            page.state, page.reason, page.detail = "indexed", "", ""  # they point at each other
    if page.state != "indexed" or visit.text is None:
        await _forget(ctx, page)
        return False
    return await _index(ctx, source, page, visit.text)


async def _index(ctx: Ctx, source: Source, page: SourcePage, text: Text) -> bool:
    documents, content_hash = DocumentRepository(ctx), text.fingerprint(source.locale)
    twin = await documents.with_text(source.id, content_hash, but=page.document_id)
    if twin is not None:
        page.state, page.reason = "skipped", "same_text"
        page.detail = f"The page says the same as {twin.url}."
        await _forget(ctx, page)
        return False
    known = None if page.document_id is None else await documents.get(page.document_id, lock=True)
    if known is not None and known.content_hash == content_hash:
        return False
    document = known or await _new(documents, source, page, text)
    page.document_id = document.id
    document.title, document.body, document.locale = text.title, text.body, source.locale
    document.content_hash, document.updated_at = content_hash, ctx.now()
    await indexing.index(ctx, document)
    return True


async def _new(
    documents: DocumentRepository, source: Source, page: SourcePage, text: Text
) -> SourceDocument:
    return await documents.add(
        source_id=source.id,
        kind="page",
        title=text.title,
        url=page.url,
        file_name=None,
        locale=source.locale,
        audience=source.audience,
        body=text.body,
        word_count=0,
        content_hash=text.fingerprint(source.locale),
        updated_at=documents.ctx.now(),
    )


async def _forget(ctx: Ctx, page: SourcePage) -> None:
    if page.document_id is not None:
        gone, page.document_id = page.document_id, None
        await ctx.session.flush()
        await DocumentRepository(ctx).drop([gone])


async def _follow(pages: PageRepository, source: Source, page: SourcePage, visit: Visit) -> None:
    """Put where a page leads on the list of what is to be visited."""
    if visit.leads_to is not None and page.state != "indexed":
        source.found += await pages.put(source, [visit.leads_to], depth=page.depth)
    deeper = page.depth + 1
    if page.is_sitemap:
        source.found += await pages.put(source, visit.links, depth=0)
        if deeper <= _MAX_SITEMAP_DEPTH:
            source.found += await pages.put(source, visit.sitemaps, depth=deeper, is_sitemap=True)
        return
    source.found += await pages.put(source, visit.sitemaps, depth=0, is_sitemap=True)
    if deeper <= source.max_depth:
        source.found += await pages.put(source, visit.links, depth=deeper)
