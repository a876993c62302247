"""A crawl: visit after visit, broken off at any time, its frontier kept in the database.

No transaction is open while the web is asked.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from rapport.kernel.context import SYSTEM, Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.events import emit
from rapport.knowledge.sources.crawling.settling import settle
from rapport.knowledge.sources.crawling.visiting import Address, Visitor
from rapport.knowledge.sources.events import SourceChanged
from rapport.knowledge.sources.models import Source, SourcePage
from rapport.knowledge.sources.repository import (
    DocumentRepository,
    PageRepository,
    SourceRepository,
)
from rapport.knowledge.sources.web.addresses import Scope, host_of
from rapport.knowledge.sources.web.fetching import Web

STINT: Final = 25
"""So many addresses are visited before others have their turn."""
_TOLD_EVERY: Final = 10


async def crawl(
    database: Database, workspace_id: UUID, source_id: UUID, web: Web, *, most: int = STINT
) -> bool:
    """Go on with a crawl that was begun, up to `most` visits; whether anything is left to do.

    Broken off, it goes on with the address that was being visited. What asks for nothing, because
    it is done, cancelled or deleted, does nothing.
    """
    scope = await _taken_up(database, workspace_id, source_id)
    if scope is None:
        return False
    visitor = Visitor(web, scope)
    for _ in range(most):
        page = await _next(database, workspace_id, source_id)
        if page is None:
            return False
        visit = await visitor.visit(page[1])
        async with database.begin(workspace_id, SYSTEM) as ctx:
            source = await settle(ctx, source_id, page[0], visit)
            if source.done % _TOLD_EVERY == 0:
                await emit(ctx, SourceChanged(source_id=source_id))
        if visit.wait_s:
            await web.wait(visit.wait_s)
    return True


def scope_of(source: Source) -> Scope:
    """What of the web belongs to a source."""
    return Scope(
        start=source.start_url,
        hosts=frozenset({host_of(source.start_url), *source.hosts}),
        include=source.include,
        exclude=source.exclude,
    )


async def _taken_up(database: Database, workspace_id: UUID, source_id: UUID) -> Scope | None:
    async with database.begin(workspace_id, SYSTEM) as ctx:
        source = await SourceRepository(ctx).find(source_id, lock=True)
        if source is None or source.state not in {"queued", "running", "stopping"}:
            return None
        if source.state == "queued":
            source.state = "running"
            await emit(ctx, SourceChanged(source_id=source_id))
        return scope_of(source)


async def _next(
    database: Database, workspace_id: UUID, source_id: UUID
) -> tuple[UUID, Address] | None:
    """The address whose turn it is; None, and the crawl is over, when there is none."""
    async with database.begin(workspace_id, SYSTEM) as ctx:
        source = await SourceRepository(ctx).find(source_id, lock=True)
        if source is None:
            return None
        pages = PageRepository(ctx)
        page = None if source.state == "stopping" else await pages.next(source_id)
        if page is None:
            await _end(ctx, source)
            return None
        return page.id, await _address(ctx, source, page)


async def _address(ctx: Ctx, source: Source, page: SourcePage) -> Address:
    """An address, with what says whether it has changed as long as what is indexed still holds."""
    known = None
    if page.document_id is not None:
        known = await DocumentRepository(ctx).get(page.document_id)
    if known is None or known.locale != source.locale:
        return Address(page.url, page.is_sitemap)
    return Address(page.url, page.is_sitemap, page.etag, page.last_modified)


async def _end(ctx: Ctx, source: Source) -> None:
    """Note how a crawl ended; what it had no room for is not searched any more."""
    pages = PageRepository(ctx)
    if source.state == "stopping":
        source.state = "cancelled"
        await pages.rest(source)
    else:
        beyond = await pages.beyond(source)
        await pages.left_out(source)
        await DocumentRepository(ctx).drop(beyond)
        source.state = "done"
        if source.failed and source.failed == source.done:
            first = await pages.at(source.id, source.start_url)
            source.state, source.error = "failed", first.detail if first else None
    source.finished_at = ctx.now()
    if source.every_hours is not None:
        source.next_at = ctx.now() + timedelta(hours=source.every_hours)
    await emit(ctx, SourceChanged(source_id=source.id))
