"""A real site on the loopback, crawled for real."""

from tests.knowledge.sources.conftest import Desk
from tests.knowledge.sources.site import Answer, Site


class TestACrawl:
    async def test_it_finds_the_pages_of_a_site_and_they_are_searched(
        self, desk: Desk, shop: Site
    ) -> None:
        await desk.set_up()

        source = await desk.crawl()

        assert (source.state, source.found, source.done, source.changed) == ("done", 4, 4, 4)
        assert set(await desk.pages("indexed")) == {"/", "/delivery", "/returns", "/deep"}
        found = await desk.find("islands")
        assert [(p.title, p.kind, p.url) for p in found] == [
            ("Delivery", "page", shop.url("/delivery"))
        ]
        assert "Topic" not in found[0].text
        assert shop.agents == {"RapportBot/1.0"}

    async def test_it_goes_no_deeper_than_it_is_told(self, desk: Desk, shop: Site) -> None:
        await desk.set_up(max_depth=1)

        await desk.crawl()

        assert "/deep" not in shop.asked

    async def test_it_visits_no_more_than_it_is_told(self, desk: Desk, site: Site) -> None:
        for n in range(40):  # a calendar that has no end
            site.page(f"/?day={n}", f"Day {n}", f"<p>Closed on day {n}.</p>", f"/?day={n + 1}")
        site.page("/", "Calendar", "<p>Look at a day.</p>", "/?day=0")
        await desk.set_up(max_pages=10, max_depth=20)

        source = await desk.crawl()

        assert (source.state, source.done, len(site.visited)) == ("done", 10, 10)

    async def test_only_wanted_paths_become_documents(self, desk: Desk, shop: Site) -> None:
        await desk.set_up(include=["/del*"], exclude=["/*?print"])
        shop.page("/", "Help", "<p>Hi</p>", "/delivery", "/delivery?print=", "/returns")

        await desk.crawl()

        assert await desk.pages() == {
            "/": ("skipped", "outside"),
            "/delivery": ("indexed", ""),
        }

    async def test_one_spelling_of_an_address_is_visited_once(self, desk: Desk, site: Site) -> None:
        links = ["/a#x", "a", "./a?utm_source=mail", "/a;jsessionid=12", "/a?PHPSESSID=1", "//x.y/"]
        site.page("/", "Help", "<p>Hello.</p>", *links, "mailto:a@b.c", "javascript:x()", "/a.zip")
        site.page("/a", "A", "<p>Here.</p>")
        await desk.set_up()

        await desk.crawl()

        assert site.visited == ["/", "/a"]

    async def test_the_same_text_is_indexed_once(self, desk: Desk, site: Site) -> None:
        for path in ("/a", "/b"):
            site.page(path, "Twin", "<p>The very same words.</p>")
        site.page("/", "Help", "<p>Hello.</p>", "/a", "/b")
        await desk.set_up()

        await desk.crawl()

        assert (await desk.pages())["/b"] == ("skipped", "same_text")
        assert len(await desk.find("same words")) == 1

    async def test_what_a_page_asks_for_is_done(self, desk: Desk, site: Site) -> None:
        site.page("/", "Help", "<p>Hi.</p>", "/no", "/header", "/copy", "/dead-end")
        site.page("/no", "No", "<p>x</p>", head='<meta name="ROBOTS" content="NoIndex">')
        site.put("/header", "<p>x</p>", x_robots_tag="noindex")
        site.page("/copy", "Copy", "<p>y</p>", head='<link rel="canonical" href="/original">')
        site.page("/original", "Original", "<p>y</p>")
        site.page(
            "/dead-end", "End", "<p>z</p>", "/z", head='<meta name="robots" content="nofollow">'
        )
        await desk.set_up()

        await desk.crawl()

        assert await desk.pages() == {
            "/": ("indexed", ""),
            "/no": ("skipped", "noindex"),
            "/header": ("skipped", "noindex"),
            "/copy": ("skipped", "canonical"),
            "/original": ("indexed", ""),
            "/dead-end": ("indexed", ""),
        }

    async def test_pages_that_name_each_other_as_the_original_are_not_lost(
        self, desk: Desk, site: Site
    ) -> None:
        site.page("/", "Help", "<p>Hi.</p>", "/a")
        site.page("/a", "A", "<p>One.</p>", head='<link rel="canonical" href="/b">')
        site.page("/b", "B", "<p>Two.</p>", head='<link rel="canonical" href="/a">')
        await desk.set_up()

        source = await desk.crawl()

        assert (source.state, (await desk.pages())["/b"]) == ("done", ("indexed", ""))

    async def test_redirects_in_a_circle_end(self, desk: Desk, site: Site) -> None:
        site.page("/", "Help", "<p>Hi.</p>", "/a", "/c")
        for here, there in (("/a", "/b"), ("/b", "/a"), ("/c", "/there")):
            site.answers[here] = Answer(status=302, headers={"location": there})
        site.page("/there", "There", "<p>Arrived.</p>")
        await desk.set_up()

        source = await desk.crawl()

        assert (source.state, site.visited.count("/a")) == ("done", 1)
        assert (await desk.pages())["/c"] == ("skipped", "moved")
        assert await desk.titles("arrived") == ["There"]
