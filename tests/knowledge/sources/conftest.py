from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI

from rapport.kernel.database.engine import Database
from rapport.knowledge import service as knowledge
from rapport.knowledge.schemas import Audience, Passage
from rapport.knowledge.sources import routes
from rapport.knowledge.sources import service as sources
from rapport.knowledge.sources.crawling.running import crawl
from rapport.knowledge.sources.models import Source
from rapport.knowledge.sources.schemas import PageState, SourceIn, SourcePatch
from rapport.knowledge.sources.web.fetching import Web
from tests.conftest import Begin
from tests.knowledge.sources.site import Site

DELIVERY = "<h2>Islands</h2><p>Parcels to islands take six working days.</p>"


@pytest.fixture
def knowledge_app(knowledge_app: FastAPI) -> FastAPI:
    """The room's routes, with those of its sources."""
    knowledge_app.include_router(routes.router, prefix="/v1")
    knowledge_app.include_router(routes.slow, prefix="/v1")
    return knowledge_app


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with Site() as site:
        yield site


@dataclass
class Desk:
    """A workspace with one source: the test's own site."""

    database: Database
    begin: Begin
    workspace_id: UUID
    site: Site
    source_id: UUID | None = None

    async def set_up(self, path: str = "/", **over: Any) -> UUID:
        """Make the site a source."""
        new = SourceIn(name="Tarn", start_url=self.site.url(path), **over)
        async with self.begin() as ctx:
            self.source_id = (await sources.create_source(ctx, new)).id
        return self.source_id

    async def change(self, **changes: Any) -> None:
        async with self.begin() as ctx:
            await sources.change_source(ctx, self._id, SourcePatch.model_validate(changes))

    async def crawl(self, *, most: int = 200, web: Web | None = None) -> Source:
        """Begin a crawl and go on with it."""
        async with self.begin() as ctx:
            await sources.start(ctx, self._id)
        return await self.go_on(most=most, web=web)

    async def go_on(self, *, most: int = 200, web: Web | None = None) -> Source:
        async with web or self.site.web() as used:
            await crawl(self.database, self.workspace_id, self._id, used, most=most)
        return await self.source()

    async def source(self) -> Source:
        async with self.begin() as ctx:
            return await sources.get_source(ctx, self._id)

    async def pages(self, state: PageState | None = None) -> dict[str, tuple[str, str]]:
        """State and reason of each address, by its path."""
        async with self.begin() as ctx:
            found, _ = await sources.list_pages(ctx, self._id, state=state, limit=200)
        return {
            page.url.removeprefix(self.site.url("")): (page.state, page.reason) for page in found
        }

    async def detail(self, path: str) -> str:
        """The sentence about an address."""
        async with self.begin() as ctx:
            found, _ = await sources.list_pages(ctx, self._id, limit=200)
        return next(page.detail for page in found if page.url == self.site.url(path))

    async def find(self, question: str, audience: Audience = "public") -> list[Passage]:
        async with self.begin() as ctx:
            return await knowledge.retrieve(ctx, question, audience=audience)

    async def titles(self, question: str, audience: Audience = "public") -> list[str]:
        return [passage.title for passage in await self.find(question, audience)]

    @property
    def _id(self) -> UUID:
        assert self.source_id is not None
        return self.source_id


@pytest.fixture
def desk(database: Database, begin: Begin, workspace: UUID, site: Site) -> Desk:
    return Desk(database, begin, workspace, site)


@pytest.fixture
def shop(site: Site) -> Site:
    """A site of three pages, one of them behind another."""
    site.page("/", "Help", "<p>Welcome to the help of the shop.</p>", "/delivery", "/returns")
    site.page("/delivery", "Delivery", DELIVERY, "/", etag='"d1"')
    site.page("/returns", "Returns", "<p>Send it back within thirty days.</p>", "/deep")
    site.page("/deep", "Deep", "<p>Zebras are not sold.</p>")
    return site
