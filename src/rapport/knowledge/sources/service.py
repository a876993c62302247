"""Web sites as sources: setting them up, and having them crawled."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from rapport.kernel.audit import service as audit
from rapport.kernel.context import Ctx
from rapport.kernel.events import emit
from rapport.knowledge.sources.errors import CrawlUnderWay, NothingToCancel
from rapport.knowledge.sources.events import SourceChanged, SourceDeleted
from rapport.knowledge.sources.models import Source, SourcePage
from rapport.knowledge.sources.repository import (
    DocumentRepository,
    PageRepository,
    SourceRepository,
)
from rapport.knowledge.sources.schemas import (
    PageState,
    SourceDetailOut,
    SourceIn,
    SourceOut,
    SourcePatch,
)

UNDER_WAY: Final = frozenset({"queued", "running", "stopping"})


async def list_sources(
    ctx: Ctx, *, cursor: str | None = None, limit: int = 50
) -> tuple[Sequence[Source], str | None]:
    """Sources, the latest first, and the cursor of the next page. Raises CursorMalformed."""
    return await SourceRepository(ctx).page(cursor=cursor, limit=limit)


async def get_source(ctx: Ctx, source_id: UUID) -> Source:
    """One source. Raises SourceNotFound."""
    return await SourceRepository(ctx).get(source_id)


async def detailed(ctx: Ctx, source: Source) -> SourceDetailOut:
    """A source with the number of its pages that are searched."""
    row = SourceOut.model_validate(source).model_dump()
    return SourceDetailOut(**row, indexed=await DocumentRepository(ctx).count(source.id))


async def create_source(ctx: Ctx, new: SourceIn) -> Source:
    """Set up a web site as a source. It is not crawled before somebody, or its time, says so."""
    source = await SourceRepository(ctx).add(
        **new.model_dump(),
        state="new",
        **dict.fromkeys(("crawl", "found", "done", "changed", "failed"), 0),
        next_at=_first_time(ctx, new.every_hours),
    )
    await _told(ctx, source, "created", url=source.start_url)
    return source


async def change_source(ctx: Ctx, source_id: UUID, patch: SourcePatch) -> Source:
    """Change the named fields. Who may read its pages changes at once, the rest later.

    Raises:
        SourceNotFound: no such source.
        CrawlUnderWay: only its name, audience and schedule change meanwhile.
    """
    source = await SourceRepository(ctx).get(source_id, lock=True)
    changes = patch.changes("sitemap_url", "every_hours")
    changed = {name for name, value in changes.items() if getattr(source, name) != value}
    if not changed:
        return source
    if source.state in UNDER_WAY and changed - {"name", "audience", "every_hours"}:
        raise CrawlUnderWay
    for name in changed:
        setattr(source, name, changes[name])
    if "every_hours" in changed:
        source.next_at = _first_time(ctx, source.every_hours)
    if "audience" in changed:
        await DocumentRepository(ctx).open_to(source.id, source.audience)
    await ctx.session.flush()
    await _told(ctx, source, "changed", fields=sorted(changed))
    return source


async def delete_source(ctx: Ctx, source_id: UUID) -> None:
    """Remove a source with all its pages: no search finds them any more. Raises SourceNotFound."""
    sources = SourceRepository(ctx)
    source = await sources.get(source_id, lock=True)
    await sources.remove(source)
    await emit(ctx, SourceDeleted(source_id=source_id))
    await _record(ctx, source, "deleted")


async def start(ctx: Ctx, source_id: UUID) -> Source:
    """Begin a crawl; the job that goes on with it is queued by the caller.

    Every page that is known is visited again, and what they lead to.

    Raises:
        SourceNotFound: no such source.
        CrawlUnderWay: it is being crawled.
    """
    source = await SourceRepository(ctx).get(source_id, lock=True)
    await begin(ctx, source)
    await _record(ctx, source, "crawl_started")
    return source


async def due(ctx: Ctx) -> list[Source]:
    """Begin the crawls whose time has come; the jobs are queued by the caller."""
    sources = list(await SourceRepository(ctx).due(limit=100))
    for source in sources:
        await begin(ctx, source)
    return sources


async def begin(ctx: Ctx, source: Source) -> None:
    """Put down what a new crawl is to visit. Raises CrawlUnderWay."""
    if source.state in UNDER_WAY:
        raise CrawlUnderWay
    source.state, source.error, source.next_at = "queued", None, None
    source.crawl += 1
    source.found = source.done = source.changed = source.failed = 0
    source.started_at, source.finished_at = ctx.now(), None
    await ctx.session.flush()
    pages = PageRepository(ctx)
    source.found += await pages.put(source, [source.start_url], depth=0)
    if source.sitemap_url is not None:
        source.found += await pages.put(source, [source.sitemap_url], depth=0, is_sitemap=True)
    source.found += await pages.revisit(source)
    await emit(ctx, SourceChanged(source_id=source.id))


async def cancel(ctx: Ctx, source_id: UUID) -> Source:
    """End a crawl before the next visit. What is indexed stays.

    Raises:
        SourceNotFound: no such source.
        NothingToCancel: it is not being crawled.
    """
    source = await SourceRepository(ctx).get(source_id, lock=True)
    if source.state not in {"queued", "running"}:
        raise NothingToCancel
    source.state = "stopping"
    await _told(ctx, source, "crawl_cancelled")
    return source


async def retry(ctx: Ctx, source_id: UUID) -> Source:
    """Visit once more what failed in the last crawl; the job is queued by the caller.

    Raises:
        SourceNotFound: no such source.
        CrawlUnderWay: it is being crawled.
    """
    source = await SourceRepository(ctx).get(source_id, lock=True)
    if source.state in UNDER_WAY:
        raise CrawlUnderWay
    waiting = await PageRepository(ctx).again(source)
    source.done = max(source.done - waiting, 0)
    source.failed = max(source.failed - waiting, 0)
    source.state, source.error, source.next_at = "queued", None, None
    await _told(ctx, source, "crawl_retried", pages=waiting)
    return source


async def list_pages(
    ctx: Ctx,
    source_id: UUID,
    *,
    state: PageState | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> tuple[Sequence[SourcePage], str | None]:
    """A source's addresses, and the cursor of the next page.

    Raises:
        SourceNotFound: no such source.
        CursorMalformed: the cursor is not one of this list.
    """
    await SourceRepository(ctx).get(source_id)
    return await PageRepository(ctx).page(source_id, state=state, cursor=cursor, limit=limit)


def _first_time(ctx: Ctx, every_hours: int | None) -> datetime | None:
    return None if every_hours is None else ctx.now()


async def _told(ctx: Ctx, source: Source, what: str, **details: object) -> None:
    await emit(ctx, SourceChanged(source_id=source.id))
    await _record(ctx, source, what, **details)


async def _record(ctx: Ctx, source: Source, what: str, **details: object) -> None:
    await audit.record(
        ctx,
        f"source.{what}",
        subject=f"source:{source.id}",
        name=source.name,
        details=details,
    )
