"""Security rows 8 and 30: a real browser shows hostile text, and nothing runs and nothing loads."""

from playwright.async_api import Browser, Dialog, Page, Request

from rapport.kernel.richtext import render, sanitise
from tests.kernel.test_richtext import PAYLOADS


class Watch:
    """Notes what a page tries to do."""

    def __init__(self, page: Page) -> None:
        self.deeds: list[str] = []
        self.page = page
        page.on("dialog", self.dialog)
        page.on("request", self.request)

    async def dialog(self, dialog: Dialog) -> None:
        self.deeds.append(f"dialog {dialog.message}")
        await dialog.dismiss()

    def request(self, request: Request) -> None:
        if not request.url.startswith(("about:", "data:,")):
            self.deeds.append(f"request {request.url}")

    async def show(self, html: str) -> None:
        await self.page.set_content(f"<!doctype html><body>{html}</body>", wait_until="load")
        await self.page.evaluate("() => new Promise((done) => setTimeout(done, 50))")


async def test_no_payload_runs_or_loads_anything_in_a_browser(browser: Browser) -> None:
    page = await browser.new_page()
    watch = Watch(page)
    parts = [shown for text in PAYLOADS for shown in (sanitise(text), render(text))]

    for start in range(0, len(parts), 100):
        await watch.show("<hr>".join(parts[start : start + 100]))

    assert watch.deeds == []
    assert await page.locator("script, style, iframe, object, embed, form, svg, math").count() == 0
    await page.close()


async def test_the_watch_would_have_seen_it(browser: Browser) -> None:
    page = await browser.new_page()
    watch = Watch(page)

    await watch.show('<img src="https://evil.invalid/x" onerror="alert(1)">')

    assert "request https://evil.invalid/x" in watch.deeds
    assert "dialog 1" in watch.deeds
    await page.close()
