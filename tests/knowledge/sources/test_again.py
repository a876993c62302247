"""Crawls that are repeated, broken off, cancelled."""

import asyncio

import pytest
from sqlalchemy import text

from rapport.inference.fake import FakeEmbedder
from rapport.kernel.context import SYSTEM
from rapport.knowledge.jobs import catch_up
from rapport.knowledge.sources import service as sources
from rapport.knowledge.sources.crawling.running import crawl
from rapport.knowledge.sources.errors import CrawlUnderWay, NothingToCancel
from rapport.knowledge.sources.schemas import SourcePatch
from tests.conftest import Clock
from tests.knowledge.sources.conftest import Desk
from tests.knowledge.sources.site import Answer, Site


class TestCrawledAgain:
    async def test_what_has_not_changed_is_neither_sent_nor_embedded_again(
        self, desk: Desk, shop: Site, embedder: FakeEmbedder
    ) -> None:
        await desk.set_up()
        await desk.crawl()
        await catch_up(desk.database, desk.workspace_id)
        embedded = len(embedder.calls)
        shop.page("/returns", "Returns", "<p>Send it back within sixty days.</p>", "/deep")

        source = await desk.crawl()
        await catch_up(desk.database, desk.workspace_id)

        assert "/delivery 304" in shop.asked
        assert (source.done, source.changed) == (4, 1)
        assert embedder.calls[embedded:] == [["Returns\nSend it back within sixty days."]]
        assert "sixty" in (await desk.find("send it back"))[0].text

    @pytest.mark.parametrize("status", [404, 410])
    async def test_what_has_vanished_is_found_no_more(
        self, desk: Desk, shop: Site, status: int
    ) -> None:
        await desk.set_up()
        await desk.crawl()
        shop.answers["/deep"] = Answer(status=status)

        await desk.crawl()

        assert (await desk.pages())["/deep"] == ("gone", "gone")
        assert await desk.find("zebras") == []
        async with desk.begin() as ctx:
            left = "SELECT count(*) FROM article_terms WHERE term = 'zebra'"
            assert await ctx.session.scalar(text(left)) == 0

    async def test_what_fails_keeps_what_it_said_and_can_be_tried_again(
        self, desk: Desk, shop: Site
    ) -> None:
        await desk.set_up()
        await desk.crawl()
        deep = shop.answers["/deep"]
        shop.answers["/deep"] = Answer(status=500)

        failed = await desk.crawl()
        kept = await desk.titles("zebras")
        shop.answers["/deep"] = deep
        async with desk.begin() as ctx:
            await sources.retry(ctx, failed.id)
        again = await desk.go_on()

        assert (failed.state, failed.failed, kept) == ("done", 1, ["Deep"])
        assert (again.state, again.failed, again.done) == ("done", 0, 4)
        assert (await desk.pages())["/deep"] == ("indexed", "")

    async def test_without_failures_there_is_nothing_to_try_again(
        self, desk: Desk, shop: Site
    ) -> None:
        source_id = await desk.set_up()
        async with desk.begin() as ctx:
            await sources.retry(ctx, source_id)

        source = await desk.go_on()

        assert (source.state, shop.asked) == ("done", [])

    async def test_another_language_is_read_anew(self, desk: Desk, shop: Site) -> None:
        await desk.set_up()
        await desk.crawl()

        await desk.change(locale="de")
        source = await desk.crawl()

        assert (source.changed, "/delivery 304" in shop.asked) == (4, False)
        assert [p.locale for p in await desk.find("zebras")] == ["de"]

    async def test_what_is_left_out_from_now_on_is_found_no_more(
        self, desk: Desk, shop: Site
    ) -> None:
        await desk.set_up()
        await desk.crawl()

        await desk.change(exclude=["/deep"])
        await desk.crawl()
        excluded = await desk.find("zebras")
        await desk.change(max_pages=2)
        await desk.crawl()

        assert excluded == []
        assert set(await desk.pages("indexed")) == {"/", "/delivery"}
        assert await desk.find("thirty") == []

    async def test_it_is_crawled_again_when_its_time_has_come(
        self, desk: Desk, shop: Site, clock: Clock
    ) -> None:
        await desk.set_up(every_hours=6)
        async with desk.begin(SYSTEM) as ctx:
            first = [source.id for source in await sources.due(ctx)]
        await desk.go_on()

        clock.forward(hours=5)
        async with desk.begin(SYSTEM) as ctx:
            early = await sources.due(ctx)
        clock.forward(hours=1)
        async with desk.begin(SYSTEM) as ctx:
            late = [source.id for source in await sources.due(ctx)]

        assert (first, early, late) == ([desk.source_id], [], [desk.source_id])


class TestBrokenOff:
    async def test_a_killed_crawl_goes_on_where_it_was(self, desk: Desk, shop: Site) -> None:
        source_id = await desk.set_up()
        delivery = shop.answers["/delivery"]
        shop.answers["/delivery"] = Answer(hangs=True)
        async with desk.begin() as ctx:
            await sources.start(ctx, source_id)
        async with shop.web() as web:
            work = asyncio.create_task(crawl(desk.database, desk.workspace_id, source_id, web))
            await shop.hanging.wait()
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)
        broken_off = await desk.source()
        shop.answers["/delivery"] = delivery

        source = await desk.go_on()

        assert (broken_off.state, broken_off.done) == ("running", 1)
        assert (source.state, source.done, source.changed) == ("done", 4, 4)
        assert shop.visited.count("/") == 1

    async def test_a_few_visits_at_a_time_come_to_the_same(self, desk: Desk, shop: Site) -> None:
        await desk.set_up()

        states = [(await desk.crawl(most=1)).state]
        while states[-1] == "running":
            states.append((await desk.go_on(most=1)).state)

        assert states == ["running", "running", "running", "running", "done"]
        assert len(shop.visited) == 4

    async def test_a_cancelled_crawl_ends_and_keeps_what_it_has(
        self, desk: Desk, shop: Site
    ) -> None:
        source_id = await desk.set_up()
        await desk.crawl(most=2)

        async with desk.begin() as ctx:
            await sources.cancel(ctx, source_id)
        source = await desk.go_on()

        assert (source.state, source.done, len(shop.visited)) == ("cancelled", 2, 2)
        assert (await desk.pages())["/returns"] == ("skipped", "not_visited")
        assert await desk.titles("islands") == ["Delivery"]
        async with desk.begin() as ctx:
            with pytest.raises(NothingToCancel):
                await sources.cancel(ctx, source_id)
        assert (await desk.crawl()).state == "done"

    async def test_while_it_is_crawled_it_is_not_crawled_twice_nor_changed(
        self, desk: Desk, shop: Site
    ) -> None:
        source_id = await desk.set_up()
        await desk.crawl(most=1)

        async with desk.begin() as ctx:
            with pytest.raises(CrawlUnderWay):
                await sources.start(ctx, source_id)
            with pytest.raises(CrawlUnderWay):
                await sources.change_source(ctx, source_id, SourcePatch(max_depth=1))
            with pytest.raises(CrawlUnderWay):
                await sources.retry(ctx, source_id)
            renamed = await sources.change_source(ctx, source_id, SourcePatch(name="Other"))

        assert renamed.name == "Other"

    async def test_a_deleted_source_takes_its_pages_along(self, desk: Desk, shop: Site) -> None:
        source_id = await desk.set_up()
        await desk.crawl(most=3)

        async with desk.begin() as ctx:
            await sources.delete_source(ctx, source_id)
        async with shop.web() as web:
            is_left = await crawl(desk.database, desk.workspace_id, source_id, web)

        assert is_left is False
        assert await desk.find("islands") == []
        async with desk.begin() as ctx:
            for table in ("chunks", "article_terms", "source_pages", "source_documents"):
                count = await ctx.session.scalar(text(f"SELECT count(*) FROM {table}"))
                assert count == 0, table
