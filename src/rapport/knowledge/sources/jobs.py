"""Crawls as jobs: a few visits at a time, so that nobody waits for a large site."""

from datetime import datetime
from uuid import UUID

import structlog

from rapport.kernel import jobs
from rapport.kernel.context import SYSTEM, Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.errors import RapportError
from rapport.kernel.settings.process import Settings
from rapport.knowledge.jobs import catch_up
from rapport.knowledge.sources import service as sources
from rapport.knowledge.sources.crawling.running import crawl
from rapport.knowledge.sources.models import Source
from rapport.knowledge.sources.web.addresses import host_of
from rapport.knowledge.sources.web.fetching import Web

log = structlog.get_logger(__name__)


@jobs.task("knowledge.crawl")
async def go_on_crawling(workspace_id: str, source_id: str) -> None:
    """Go on with a crawl for a while, then queue behind the others; broken off, it goes on."""
    database, mine, source = jobs.worker_database(), UUID(workspace_id), UUID(source_id)
    async with web_of(database) as web:
        is_left = await crawl(database, mine, source, web)
    try:
        await catch_up(database, mine)
    except RapportError as error:
        log.warning("pages_not_embedded", source_id=source_id, reason=error.code)
    if is_left:
        async with database.begin(mine, SYSTEM) as ctx:
            await queue(ctx, await sources.get_source(ctx, source))


@jobs.periodic("knowledge.crawl_what_is_due", "*/10 * * * *")
async def crawl_what_is_due(_: datetime) -> None:
    """Begin the crawls whose time has come, everywhere."""
    for workspace_id in await jobs.every_workspace():
        async with jobs.worker_database().begin(workspace_id, SYSTEM) as ctx:
            for source in await sources.due(ctx):
                await queue(ctx, source)


async def queue(ctx: Ctx, source: Source) -> None:
    """Have a crawl gone on with; two that visit the same host take turns."""
    await jobs.defer(
        ctx,
        go_on_crawling,
        lock=f"crawl:{host_of(source.start_url)}",
        source_id=str(source.id),
    )


def web_of(database: Database) -> Web:
    """The web as this process may see it."""
    settings = database.ports.get(Settings)
    return Web(
        tuple(settings.egress_allow),
        contact=settings.public_url or "",
        delay_s=settings.crawl_delay_s,
    )
