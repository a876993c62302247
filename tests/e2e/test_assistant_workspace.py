"""The assistant's workspace: its numbers, its gaps, its answers, and why it gave them."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.axe import AXE, serious
from tests.e2e.desk import Desk
from tests.e2e.people import PHONE, WIDE
from tests.e2e.pictures import picture

READY_MS = 20_000


@pytest.fixture(params=["1440", "390", "1440-ar"])
async def page(
    request: pytest.FixtureRequest, browser: Browser, desk: Desk, cookies: Path
) -> AsyncIterator[Page]:
    """The owner's page: on a desk, on a phone, and from right to left."""
    context = await browser.new_context(
        base_url=desk.url,
        storage_state=cookies,
        viewport=PHONE if request.param == "390" else WIDE,
        reduced_motion="reduce",
        locale="en-GB",
    )
    await context.add_init_script(path=AXE)
    if request.param.endswith("ar"):
        await context.add_init_script("localStorage.setItem('rapport.locale', 'ar')")
    yield await context.new_page()
    await context.close()


@pytest.mark.parametrize(
    "path",
    ["/assistant", "/assistant?period=90d", "/assistant/gaps", "/assistant/answers"],
)
async def test_each_page_is_open_to_everybody(page: Page, artifacts: Path, path: str) -> None:
    await page.goto(path)
    await expect(page.locator("main h1")).to_be_visible(timeout=READY_MS)
    await expect(page.locator("main [aria-busy=true]")).to_have_count(0, timeout=READY_MS)

    assert await serious(page) == []
    overflow = await page.evaluate(
        "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert overflow <= 0
    width = (page.viewport_size or {"width": 0})["width"]
    direction = await page.evaluate("() => document.documentElement.dir || 'ltr'")
    name = re.sub(r"\W+", "-", path).strip("-")
    await picture(page, artifacts / f"{name}-{width}-{direction}.png")


async def test_an_answer_is_opened_by_keyboard_and_tells_why(page: Page) -> None:
    await page.goto("/assistant/answers")
    rows = page.locator("main summary[data-row]")
    await expect(rows.first).to_be_visible(timeout=READY_MS)

    await page.keyboard.press("j")
    await expect(rows.first).to_be_focused()
    await page.keyboard.press("Enter")

    opened = page.locator("main details[open]")
    await expect(opened.locator("dl")).to_be_visible()
    assert await serious(page) == []
    await opened.locator("a[href^='/inbox/all/']").click()
    await page.wait_for_url(re.compile(r"/inbox/all/[0-9a-f-]{36}"))


async def test_a_gap_leads_to_its_conversations(page: Page) -> None:
    await page.goto("/assistant/gaps")
    await expect(page.locator("main a[data-row]").nth(3)).to_be_visible(timeout=READY_MS)

    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await page.wait_for_url(re.compile(r"/assistant/gaps/[0-9a-f-]{36}"))
    await expect(page.locator("main h1")).to_be_visible(timeout=READY_MS)

    assert await serious(page) == []
    await page.locator("main a[href^='/inbox/all/']").first.click()
    await page.wait_for_url(re.compile(r"/inbox/all/[0-9a-f-]{36}"))
