"""Looking at one address of a source: what a visit would come to. Nothing is kept."""

from uuid import UUID

from rapport.kernel.context import Actor
from rapport.kernel.database.engine import Database
from rapport.knowledge.search.chunking import chunk
from rapport.knowledge.sources.crawling.running import scope_of
from rapport.knowledge.sources.crawling.visiting import Address, Visitor
from rapport.knowledge.sources.errors import AddressOutside
from rapport.knowledge.sources.schemas import PageTrialOut
from rapport.knowledge.sources.service import get_source
from rapport.knowledge.sources.web.fetching import Web

_LINKS = 100


async def try_page(
    database: Database, workspace_id: UUID, actor: Actor, source_id: UUID, url: str, web: Web
) -> PageTrialOut:
    """Visit an address of a source as a crawl would; no transaction is open meanwhile.

    Raises:
        SourceNotFound: no such source.
        AddressOutside: the address does not belong to it.
    """
    async with database.begin(workspace_id, actor) as ctx:
        scope = scope_of(await get_source(ctx, source_id))
    if not scope.may_visit(url):
        raise AddressOutside
    visit = await Visitor(web, scope).visit(Address(url))
    body = visit.text.body if visit.text is not None else ""
    return PageTrialOut(
        state=visit.state,
        reason=visit.reason,
        detail=visit.detail,
        title=visit.text.title if visit.text is not None else "",
        body=body,
        parts=len(chunk(body)),
        links=list(visit.links[:_LINKS]),
    )
