import re
from uuid import UUID
from xml.etree import ElementTree

import httpx
import pytest

from rapport.kernel.settings.process import Settings
from rapport.knowledge import service as knowledge
from rapport.knowledge.help.routes import SEARCHES
from rapport.knowledge.schemas import ArticlePatch
from tests.conftest import Begin
from tests.make import knowledge as make


@pytest.fixture
def base(workspace: UUID) -> str:
    return f"/help/w/{workspace}"


async def test_an_article_is_a_page_that_needs_no_script(
    public: httpx.AsyncClient, begin: Begin, base: str, settings: Settings
) -> None:
    async with begin() as ctx:
        shelf = await make.collection(ctx, "Orders & returns")
        body = "# Steps\n\n1. Pack\n2. Send\n\n[x](javascript:alert(1)) <script>alert(1)</script>"
        await make.article(
            ctx, "Returning <it>", body=body, summary="How to return.", collection_id=shelf.id
        )
        await make.article(ctx, "Refunds", collection_id=shelf.id)

    page = await public.get(f"{base}/en/articles/returning-it")

    assert page.status_code == 200
    assert "<h1>Returning &lt;it&gt;</h1>" in page.text
    assert "<h2>Steps</h2>" in page.text
    assert '<meta name="description" content="How to return.">' in page.text
    assert f'<link rel="canonical" href="{settings.origin}{base}/en/articles/returning-it">' in (
        page.text
    )
    assert f'<a href="{base}/en/collections/orders-returns">Orders &amp; returns</a>' in page.text
    assert f'<a href="{base}/en/articles/refunds">Refunds</a>' in page.text
    assert "<script" not in page.text
    assert 'href="javascript:' not in page.text
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "unsafe-inline" not in policy


async def test_a_draft_does_not_exist_for_the_public(
    public: httpx.AsyncClient, begin: Begin, base: str
) -> None:
    async with begin() as ctx:
        await make.article(ctx, "Public")
        shelf = await make.collection(ctx, "Hidden shelf")
        draft = await make.article(ctx, "Secret", status="draft", collection_id=shelf.id)
        gone = await make.article(ctx, "Withdrawn")
        await knowledge.unpublish(ctx, gone.id)

    missing = await public.get(f"{base}/en/articles/{draft.slug}")
    everywhere = [
        await public.get(f"{base}{path}")
        for path in (
            "/en",
            "/en/collections/hidden-shelf",
            "/en/articles/withdrawn",
            "/sitemap.xml",
            "/search?q=secret",
        )
    ]

    assert missing.status_code == 404
    assert '<meta name="robots" content="noindex">' in missing.text
    for page in everywhere:
        text = page.text.replace("“secret”", "").replace('value="secret"', "")
        assert "secret" not in text.lower()
        assert "Withdrawn" not in text
        assert "Hidden shelf" not in text
    assert [p.status_code for p in everywhere] == [200, 404, 404, 200, 200]


async def test_the_front_page_shows_the_shelves(
    public: httpx.AsyncClient, begin: Begin, base: str
) -> None:
    async with begin() as ctx:
        orders = await make.collection(ctx, "Orders", description="All about orders.")
        inner = await make.collection(ctx, "Returns", parent_id=orders.id)
        await make.article(ctx, "Costs", collection_id=inner.id)
        await make.article(ctx, "Loose end")

    home = (await public.get(f"{base}/en")).text
    shelf = (await public.get(f"{base}/en/collections/orders")).text

    for said in ("Orders", "All about orders.", "Returns", "1 article", "Loose end"):
        assert said in home
    assert "Costs" in shelf


async def test_the_search_needs_no_script(
    public: httpx.AsyncClient, begin: Begin, base: str
) -> None:
    async with begin() as ctx:
        await make.article(ctx, "Invoices", body="Pay within *fourteen* days.")

    found = (await public.get(f"{base}/search", params={"q": "invoice"})).text
    nothing = (await public.get(f"{base}/search", params={"q": "<script>zebra"})).text
    empty = await public.get(f"{base}/search", params={"q": "\x00 "})

    assert f'<a href="{base}/en/articles/invoices">Invoices</a>' in found
    assert "Pay within fourteen days." in found
    assert "Nothing fits" in nothing
    assert "&lt;script&gt;zebra" in nothing
    assert empty.status_code == 200


async def test_a_page_that_did_not_change_is_not_sent_again(
    public: httpx.AsyncClient, begin: Begin, base: str
) -> None:
    async with begin() as ctx:
        article = await make.article(ctx, "Returns", body="Old.")
    where = f"{base}/en/articles/returns"
    first = await public.get(where)
    seen = {"if-none-match": first.headers["etag"]}

    again = await public.get(where, headers=seen)
    async with begin() as ctx:
        patch = ArticlePatch(body="New.")
        await knowledge.change_article(ctx, article.id, patch)
    changed = await public.get(where, headers=seen)

    assert (again.status_code, again.content) == (304, b"")
    assert changed.status_code == 200
    assert first.headers["cache-control"].startswith("public, max-age=60")


async def test_languages_know_each_other(
    public: httpx.AsyncClient, begin: Begin, base: str, settings: Settings
) -> None:
    async with begin() as ctx:
        await make.article(ctx, "Returns", slug="returns")
        await make.article(ctx, "Only in English")
        await make.article(ctx, "إرجاع المنتجات", slug="returns", locale="ar")

    english = (await public.get(f"{base}/en/articles/returns")).text
    arabic = (await public.get(f"{base}/ar/articles/returns")).text
    front = await public.get(base, headers={"accept-language": "fr, ar;q=0.9"})
    other = await public.get(base, headers={"accept-language": "ja"})

    for page in (english, arabic):
        for locale in ("en", "ar"):
            url = f"{settings.origin}{base}/{locale}/articles/returns"
            assert f'<link rel="alternate" hreflang="{locale}" href="{url}">' in page
    assert '<html lang="en" dir="ltr">' in english
    assert '<html lang="ar" dir="rtl">' in arabic
    assert front.headers["location"] == f"{base}/ar"
    assert other.headers["location"] == f"{base}/en"
    assert "hreflang" not in re.sub(
        "<a .*?>", "", (await public.get(f"{base}/en/articles/only-in-english")).text
    )


async def test_the_sitemap_lists_what_is_published(
    public: httpx.AsyncClient, begin: Begin, base: str, settings: Settings
) -> None:
    async with begin() as ctx:
        await make.article(ctx, "Größe & Maße", slug="größe")
        await make.article(ctx, "Size", slug="size")
        await make.article(ctx, "Größe", slug="size", locale="de")

    answer = await public.get(f"{base}/sitemap.xml")

    tree = ElementTree.fromstring(answer.text)
    urls = [node.text for node in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    start = f"{settings.origin}{base}"
    assert set(urls) == {
        f"{start}/de",
        f"{start}/en",
        f"{start}/en/articles/gr%C3%B6%C3%9Fe",
        f"{start}/en/articles/size",
        f"{start}/de/articles/size",
    }
    assert len(list(tree.iter("{http://www.w3.org/1999/xhtml}link"))) == 4
    assert (await public.get(f"{base}/en/articles/gr%C3%B6%C3%9Fe")).status_code == 200


async def test_nothing_is_at_wrong_addresses(
    public: httpx.AsyncClient, begin: Begin, base: str
) -> None:
    async with begin() as ctx:
        await make.article(ctx)

    for path in (
        f"{base}/xx",
        f"{base}/en/articles/nope",
        f"{base}/xx/articles/returns",
        f"{base}/en/collections/nope",
        f"{base}/en/articles/%00",
        "/help/w/no-such-workspace",
        "/help/w/no-such-workspace/en/articles/returns",
        "/help/w/%00/en",
        f"{base}/search?q=x&locale=xx",
    ):
        assert (await public.get(path)).status_code == 404, path


async def test_an_empty_help_centre_says_so(public: httpx.AsyncClient, base: str) -> None:
    page = await public.get(base, follow_redirects=True)

    assert page.status_code == 200
    assert "Nothing has been published here yet." in page.text


async def test_the_style_sheet_is_kept_forever(public: httpx.AsyncClient, base: str) -> None:
    home = (await public.get(f"{base}/en")).text
    (path,) = re.findall(r'<link rel="stylesheet" href="(.*?)">', home)

    style = await public.get(path)

    assert style.headers["content-type"].startswith("text/css")
    assert "immutable" in style.headers["cache-control"]
    assert "http" not in style.text


async def test_somebody_who_searches_without_end_is_slowed_down(
    knowledge_app: object, begin: Begin, base: str
) -> None:
    async with begin() as ctx:
        await make.article(ctx)
    transport = httpx.ASGITransport(knowledge_app, client=("203.0.113.9", 1))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://rapport.test") as client:
        answers = [
            (await client.get(f"{base}/search?q=x")).status_code for _ in range(2 * SEARCHES.times)
        ]

    assert answers[0] == 200
    assert 429 in answers


async def test_plain_help_shows_the_first_workspace(public: httpx.AsyncClient) -> None:
    front = await public.get("/help")

    assert front.status_code == 302
    assert re.fullmatch(r"/help/[a-z]{2}(-[A-Z]{2})?", front.headers["location"])
