"""What the assistant reads beside articles: websites are crawled, files sent, snippets written."""

import json
import re
from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.async_api import Browser, FilePayload, Locator, Page, expect

from tests.e2e.axe import AXE, serious
from tests.e2e.conftest import sign_in
from tests.e2e.desk import Desk
from tests.e2e.people import PHONE, WIDE
from tests.e2e.post import call
from tests.knowledge.sources.site import Site
from tests.scale.servers import running

READY_MS = 20_000
CRAWL_MS = 60_000
PLACE = "/knowledge/sources"
FILES: list[FilePayload] = [
    {"name": "manual.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"},
    {"name": "letter.docx", "mimeType": "application/msword", "buffer": b"PK"},
    {"name": "sizes.csv", "mimeType": "text/csv", "buffer": b"Size,Chest\nM,96 cm\n"},
]


class SourcesDesk(Desk):
    """A Rapport that may read one website on this machine, without delay."""

    def __init__(self, site: Site) -> None:
        super().__init__()
        self._site = site

    @property
    def environment(self) -> dict[str, str]:
        return super().environment | {
            "RAPPORT_EGRESS_ALLOW": json.dumps([self._site.pair]),
            "RAPPORT_CRAWL_DELAY_S": "0",
        }


@pytest.fixture(scope="module")
async def site() -> AsyncIterator[Site]:
    """Help pages of a shop: three to be read, one behind a login, one that breaks."""
    async with Site() as site:
        site.put("/robots.txt", "User-agent: *\nDisallow: /private\n", content_type="text/plain")
        site.page(
            "/",
            "Help",
            "<p>Everything about orders, returns and repairs at Tarn.</p>",
            *("/returns", "/repairs", "/broken", "/private", "/blog/spring"),
        )
        site.page(
            "/returns",
            "Returns",
            "<p>Send it back within <strong>30 days</strong>, unworn and with its label.</p>"
            "<h2>Who pays the postage</h2><p>We do, inside the country.</p>",
        )
        site.page("/repairs", "Repairs", "<p>Zips are mended free of charge for ten years.</p>")
        site.page("/blog/spring", "Spring", "<p>Spring is here.</p>")
        site.put("/broken", "Broken")
        site.answers["/broken"].status = 500
        yield site


@pytest.fixture(scope="module")
def crawler(site: Site) -> Iterator[SourcesDesk]:
    desk = SourcesDesk(site)
    with running(desk):
        yield desk


@pytest.fixture(scope="module")
async def state(browser: Browser, crawler: SourcesDesk) -> str:
    """Where the cookies of somebody who is signed in are kept."""
    context = await browser.new_context(base_url=crawler.url)
    await sign_in(await context.new_page(), crawler)
    path = str(crawler.data_dir / "cookies.json")
    await context.storage_state(path=path)
    await context.close()
    return path


@pytest.fixture(params=["1440", "390"])
async def page(
    request: pytest.FixtureRequest, browser: Browser, crawler: SourcesDesk, state: str
) -> AsyncIterator[Page]:
    context = await browser.new_context(
        base_url=crawler.url,
        storage_state=state,
        viewport=WIDE if request.param == "1440" else PHONE,
        reduced_motion="reduce",
        locale="en-GB",
    )
    await context.add_init_script(path=AXE)
    page = await context.new_page()
    await page.goto("/favicon.svg")
    await _forget_everything(page)
    yield page
    await context.close()


async def _forget_everything(page: Page) -> None:
    """Each test begins with articles only."""
    for kind in ("sources", "documents"):
        listed = await call(page, "GET", f"/v1/knowledge/{kind}?limit=200")
        for one in listed["items"]:
            await call(page, "DELETE", f"/v1/knowledge/{kind}/{one['id']}")


async def _crawled(page: Page, site: Site, **more: object) -> str:
    """A website that was read, without the screens; its id."""
    body = {"name": "Tarn help", "start_url": site.url(), "every_hours": None} | more
    made = await call(page, "POST", "/v1/knowledge/sources", body)
    await call(page, "POST", f"/v1/knowledge/sources/{made['id']}/crawl")
    await page.goto(f"{PLACE}/{made['id']}")
    again = page.get_by_role("button", name="Read again now")
    await expect(again).to_be_visible(timeout=CRAWL_MS)
    found: str = made["id"]
    return found


def _number(page: Page, name: str) -> Locator:
    """The number that stands under a name in the card of the crawl."""
    term = page.locator("dl > div").filter(has=page.get_by_text(name, exact=True))
    return term.get_by_role("definition")


async def _fits(page: Page) -> bool:
    fits: bool = await page.evaluate(
        "() => document.documentElement.scrollWidth <= window.innerWidth"
    )
    return fits


async def test_a_website_is_looked_at_and_then_read(page: Page, site: Site) -> None:
    await page.goto("/knowledge")
    await page.get_by_role("link", name="Sources").click(timeout=READY_MS)
    await expect(page.get_by_text("Nothing but articles yet")).to_be_visible(timeout=READY_MS)
    assert await serious(page) == []
    assert await _fits(page)

    await page.get_by_role("button", name="Add a website").first.click()
    dialog = page.get_by_role("dialog", name="Add a website")
    await dialog.get_by_label("First page").fill(site.url())
    await expect(dialog.get_by_label("Name")).to_have_value(site.pair)
    assert await serious(page) == []
    await dialog.get_by_label("Name").fill("Tarn help")
    site.asked.clear()
    await dialog.get_by_role("button", name="Continue").click()
    heading = page.get_by_role("heading", name="Tarn help", level=1)
    await expect(heading).to_be_visible(timeout=READY_MS)
    assert site.asked == []

    await page.get_by_label("Address of a page").fill(site.url("/returns"))
    await page.get_by_role("button", name="Look at it").click()
    read = page.get_by_role("region", name="What the assistant would read", exact=True)
    await expect(read).to_contain_text("Who pays the postage", timeout=READY_MS)
    assert await serious(page) == []
    assert await _fits(page)
    assert site.visited == ["/returns"]

    await page.get_by_label("Never these paths").fill("/blog/*")
    await page.get_by_role("button", name="Start reading").click()
    await expect(page.get_by_role("button", name="Read again now")).to_be_visible(timeout=CRAWL_MS)
    await expect(_number(page, "Pages in use")).to_have_text("3")
    await expect(page.get_by_text(re.compile("^Ended .* Next: "))).to_be_visible()
    addresses = page.get_by_role("list", name="Addresses")
    await expect(addresses.get_by_role("listitem")).to_have_count(5)
    await expect(addresses).to_contain_text("robots.txt asks not to read it")
    assert "/blog/spring" not in site.asked
    assert await serious(page) == []
    assert await _fits(page)


async def test_what_failed_is_tried_again_and_a_page_is_left_out(page: Page, site: Site) -> None:
    await _crawled(page, site)
    await page.get_by_label("Show", exact=True).select_option("failed")
    addresses = page.get_by_role("list", name="Addresses")
    await expect(addresses.get_by_role("listitem")).to_have_count(1)
    await expect(addresses).to_contain_text("The server answered with status 500.")

    site.page("/broken", "Mended", "<p>This page is whole again.</p>")
    try:
        await page.get_by_role("button", name="Try the failed page again").click()
        await expect(_number(page, "Pages in use")).to_have_text("5", timeout=CRAWL_MS)
        await expect(_number(page, "Failed")).to_have_text("0")
        await expect(page.get_by_text("There are none like this.")).to_be_visible()
    finally:
        site.answers["/broken"].status = 500
    await page.get_by_label("Show", exact=True).select_option("")

    spring = site.url("/blog/spring")
    await page.get_by_role("button", name=f"Read {spring}").click()
    dialog = page.get_by_role("dialog", name="What the assistant would read now")
    await expect(dialog).to_contain_text("Spring is here.", timeout=READY_MS)
    assert await serious(page) == []
    await page.keyboard.press("Escape")
    out = page.get_by_role("button", name=f"Leave {spring} out from the next reading on")
    await out.click()
    await expect(page.get_by_role("button", name=f"Let {spring} in again")).to_be_visible()
    await page.get_by_role("button", name="Read again now").click()
    await expect(_number(page, "Pages in use")).to_have_text("4", timeout=CRAWL_MS)


async def test_reading_is_followed_live_stopped_and_the_website_deleted(
    page: Page, site: Site
) -> None:
    robots = site.answers["/robots.txt"]
    site.put("/robots.txt", "User-agent: *\nCrawl-delay: 10\n", content_type="text/plain")
    try:
        body = {"name": "Slow help", "start_url": site.url(), "every_hours": None}
        made = await call(page, "POST", "/v1/knowledge/sources", body)
        await page.goto(PLACE)
        row = page.get_by_role("link", name="Slow help")
        await expect(row).to_contain_text("Not read yet", timeout=READY_MS)
        await call(page, "POST", f"/v1/knowledge/sources/{made['id']}/crawl")
        await expect(row).to_contain_text("Reading", timeout=READY_MS)
        await expect(row.get_by_role("progressbar")).to_have_count(1)
        assert await serious(page) == []

        await row.click()
        await page.get_by_role("button", name="Stop").click()
        stopped = page.get_by_text("It was stopped before its end.")
        await expect(stopped).to_be_visible(timeout=CRAWL_MS)
    finally:
        site.answers["/robots.txt"] = robots

    await page.get_by_role("button", name="More", exact=True).click()
    await page.get_by_role("menuitem", name="Delete the website").click()
    dialog = page.get_by_role("dialog", name="Delete Slow help?")
    await dialog.get_by_role("button", name="Delete the website").click()
    await expect(page.get_by_text("Nothing but articles yet")).to_be_visible(timeout=READY_MS)


async def test_a_website_is_changed(page: Page, site: Site) -> None:
    await _crawled(page, site)
    await page.get_by_role("button", name="Change", exact=True).click()
    dialog = page.get_by_role("dialog", name="Change Tarn help")
    await dialog.get_by_label("Name").fill("Tarn manuals")
    await dialog.get_by_label("Who may be answered from it").select_option("internal")
    await dialog.get_by_label("How often").select_option("168")
    await dialog.get_by_label("Addresses, at most").fill("0")
    await expect(dialog.get_by_text("A whole number within these limits.")).to_be_visible()
    await expect(dialog.get_by_role("button", name="Save")).to_be_disabled()
    await dialog.get_by_label("Addresses, at most").fill("50")
    assert await serious(page) == []
    await dialog.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("heading", name="Tarn manuals", level=1)).to_be_visible()
    await expect(page.get_by_text("Team only")).to_be_visible()


async def test_files_are_read_or_refused_with_a_way_on(page: Page) -> None:
    await page.goto(PLACE)
    await page.get_by_role("button", name="Upload files").click(timeout=READY_MS)
    dialog = page.get_by_role("dialog", name="Upload files")
    await dialog.get_by_label("Files", exact=True).set_input_files(FILES)
    lines = dialog.get_by_role("list", name="Chosen files").get_by_role("listitem")
    await expect(lines.nth(0)).to_contain_text("The text of a PDF cannot be read.")
    await expect(lines.nth(1)).to_contain_text("Save it there as a web page (.html)")
    await expect(lines.nth(2)).to_contain_text("In use", timeout=READY_MS)
    assert await serious(page) == []
    assert await _fits(page)

    await lines.nth(2).get_by_role("link", name="sizes.csv").click()
    text = page.get_by_role("region", name="The text")
    await expect(text).to_contain_text("Chest: 96 cm", timeout=READY_MS)
    assert await serious(page) == []


async def test_a_snippet_is_written_found_changed_and_deleted_by_keyboard(page: Page) -> None:
    await page.goto(PLACE)
    await expect(page.get_by_role("button", name="Write a snippet")).to_be_visible(timeout=READY_MS)
    await page.keyboard.press("n")
    dialog = page.get_by_role("dialog", name="Write a snippet")
    await expect(dialog.get_by_label("Question")).to_be_focused()
    await page.keyboard.type("Do you ship to Iceland?")
    await page.keyboard.press("Tab")
    await page.keyboard.type("Yes, by **sea**, in nine days.")
    assert await serious(page) == []
    await dialog.get_by_role("button", name="Add the snippet").press("Enter")
    heading = page.get_by_role("heading", name="Do you ship to Iceland?", level=1)
    await expect(heading).to_be_visible(timeout=READY_MS)
    await expect(page.locator("strong", has_text="sea")).to_be_visible()

    await page.get_by_role("button", name="Change", exact=True).press("Enter")
    dialog = page.get_by_role("dialog", name="Change Do you ship to Iceland?")
    await dialog.get_by_role("textbox", name="Answer").fill("Yes, by air, in two days.")
    await dialog.get_by_role("button", name="Save").press("Enter")
    await expect(page.get_by_text("Yes, by air, in two days.")).to_be_visible(timeout=READY_MS)

    await page.goto("/knowledge?q=ship+to+Iceland")
    results = page.get_by_role("list", name="Search results")
    await results.get_by_role("link", name="Do you ship to Iceland?").click(timeout=READY_MS)
    await page.get_by_role("button", name="Delete", exact=True).press("Enter")
    dialog = page.get_by_role("dialog", name="Delete Do you ship to Iceland?")
    await dialog.get_by_role("button", name="Delete", exact=True).press("Enter")
    await expect(page.get_by_text("Nothing but articles yet")).to_be_visible(timeout=READY_MS)
