"""What a site asks for, and what is refused to it."""

import gzip

import pytest

from rapport.knowledge.sources.web.fetching import Web
from tests.knowledge.sources.conftest import Desk
from tests.knowledge.sources.site import Answer, Site


class TestSitemapsAndRobots:
    async def test_a_sitemap_of_sitemaps_is_read_packed_or_not(
        self, desk: Desk, site: Site
    ) -> None:
        site.page("/", "Help", "<p>Hi.</p>")
        site.page("/one", "One", "<p>First.</p>")
        site.page("/two", "Two", "<p>Second.</p>")
        packed = gzip.compress(
            f"<urlset><url><loc><![CDATA[{site.url('/two')}]]></loc></url></urlset>".encode()
        )
        site.put("/two.xml.gz", packed, content_type="application/gzip")
        site.put(
            "/map.xml",
            f"<sitemapindex><sitemap><loc>{site.url('/two.xml.gz')}</loc></sitemap>"
            f"<url><loc> {site.url('/one')}?a=1&amp;b=2 </loc></url>"
            "<url><loc>http://elsewhere.example/</loc></url></sitemapindex>",
            content_type="application/xml",
        )
        site.page("/one?a=1&b=2", "One", "<p>First.</p>")
        await desk.set_up(sitemap_url=site.url("/map.xml"), max_depth=0)

        await desk.crawl()

        assert await desk.pages() == {
            "/": ("indexed", ""),
            "/map.xml": ("read", ""),
            "/one?a=1&b=2": ("indexed", ""),
            "/two.xml.gz": ("read", ""),
            "/two": ("indexed", ""),
        }

    async def test_robots_txt_is_obeyed_and_its_sitemap_read(self, desk: Desk, shop: Site) -> None:
        shop.put(
            "/robots.txt",
            "User-agent: *\nDisallow: /\n\nUser-agent: RapportBot\nDisallow: /ret*rns$\n"
            f"Crawl-delay: 7\nSitemap: {shop.url('/map.txt')}\n",
            content_type="text/plain",
        )
        shop.put("/map.txt", shop.url("/deep"), content_type="text/plain")
        waited: list[float] = []

        async def pause(seconds: float) -> None:
            waited.append(seconds)

        await desk.set_up()
        await desk.crawl(web=shop.web(pause=pause))

        assert "/returns" not in shop.asked
        assert (await desk.pages())["/returns"] == ("skipped", "robots")
        assert (await desk.pages())["/deep"] == ("indexed", "")
        assert waited
        assert 6 < max(waited) <= 7

    async def test_a_site_whose_robots_txt_cannot_be_read_is_not_visited(
        self, desk: Desk, shop: Site
    ) -> None:
        shop.answers["/robots.txt"] = Answer(status=503)
        await desk.set_up()

        source = await desk.crawl()

        assert (source.state, shop.visited) == ("failed", [])
        assert source.error is not None
        assert "robots.txt cannot be read (status 503)" in source.error

    async def test_a_packed_bomb_is_not_unpacked(self, desk: Desk, site: Site) -> None:
        site.page("/", "Help", "<p>Hi.</p>")
        site.put("/map.xml", gzip.compress(b"<url>" * 10_000_000), content_type="application/gzip")
        site.put("/robots.txt", f"Sitemap: {site.url('/map.xml')}", content_type="text/plain")
        await desk.set_up()

        source = await desk.crawl()

        assert (source.state, source.failed) == ("done", 1)
        assert await desk.detail("/map.xml") == "The sitemap is too large when it is unpacked."


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("there", "told"),
        [
            ("http://127.0.0.1:9/admin", "127.0.0.1:9, which is not a host of this source"),
            ("http://169.254.169.254/latest/", "169.254.169.254, which is not a host"),
            ("http://[::1]/", "[::1], which is not a host"),
            ("file:///etc/passwd", "an address that is none"),
            ("http://user:pass@127.0.0.1/", "an address that is none"),
        ],
    )
    async def test_redirects_lead_nowhere_else(
        self, desk: Desk, site: Site, there: str, told: str
    ) -> None:
        site.answers["/"] = Answer(status=302, headers={"location": there})
        await desk.set_up()

        await desk.crawl()

        assert told in await desk.detail("/")
        assert await desk.find("admin") == []

    @pytest.mark.parametrize("host", ["127.0.0.1:9", "169.254.169.254", "localhost:9", "[::1]"])
    async def test_a_host_of_the_source_must_be_public_all_the_same(
        self, desk: Desk, site: Site, host: str
    ) -> None:
        site.answers["/"] = Answer(status=302, headers={"location": f"http://{host}/admin"})
        await desk.set_up(hosts=[host])

        await desk.crawl()

        pages = await desk.pages()
        assert pages[f"http://{host}/admin"] == ("failed", "not_fetched")

    async def test_the_site_itself_is_reached_only_if_the_administrator_allows_it(
        self, desk: Desk, shop: Site
    ) -> None:
        await desk.set_up()

        source = await desk.crawl(web=Web(delay_s=0.0))

        assert (source.state, source.error) == (
            "failed",
            "The address is not on the public internet.",
        )
        assert shop.asked == []

    async def test_a_page_that_is_too_large_or_too_slow_is_left_out(
        self, desk: Desk, site: Site
    ) -> None:
        site.page("/", "Help", "<p>Hi.</p>", "/large", "/slow")
        site.put("/large", b"x" * 3_000_000)
        site.answers["/slow"] = Answer(hangs=True)
        await desk.set_up()

        source = await desk.crawl(web=site.web(max_seconds=1.0))

        assert (source.state, source.failed) == ("done", 2)
        assert await desk.detail("/large") == "The page is too large to be read."
        assert "did not answer" in await desk.detail("/slow")
        assert site.visited.count("/slow") == 3

    async def test_other_kinds_of_file_are_named_and_left_out(self, desk: Desk, site: Site) -> None:
        site.page("/", "Help", "<p>Hi.</p>", "/terms", "/notes")
        site.put("/terms", b"%PDF-1.7", content_type="application/pdf")
        site.put("/notes", "# Notes\n\nPlain **words**.", content_type="text/markdown")
        await desk.set_up()

        await desk.crawl()

        assert await desk.detail("/terms") == "Files of the kind application/pdf are not read."
        assert await desk.titles("plain words") == ["Notes"]

    async def test_a_broken_charset_harms_nothing(self, desk: Desk, site: Site) -> None:
        site.page("/", "Help", "<p>Hi.</p>", "/latin", "/liar", "/odd")
        latin = "<h1>Öffnungszeiten</h1><p>Täglich geöffnet.</p>".encode("latin-1")
        site.put("/latin", latin, content_type="text/html; charset=iso-8859-1")
        site.put("/liar", latin + b"\x00", content_type="text/html; charset=utf-8")
        site.put("/odd", b"<h1>Odd</h1><p>Words.</p>", content_type="text/html; charset=punycode")
        await desk.set_up()

        source = await desk.crawl()

        assert (source.state, source.failed) == ("done", 0)
        assert "Öffnungszeiten" in await desk.titles("geöffnet")
        assert await desk.titles("words") == ["Odd"]

    async def test_no_cookie_is_sent_back(self, desk: Desk, site: Site) -> None:
        site.put("/", "<main><p>Hi</p><a href='/a'>a</a></main>", set_cookie="id=1; Path=/")
        site.page("/a", "A", "<p>x</p>")
        await desk.set_up()

        await desk.crawl()

        assert site.cookies == {""}
