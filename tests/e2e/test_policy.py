"""The policies hold: no screen asks the browser for anything that its own policy forbids."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page

from tests.e2e.desk import Desk
from tests.e2e.people import WIDE
from tests.e2e.screens import CONSOLE, OUTSIDE, Screen


@pytest.fixture(scope="module")
async def inside(browser: Browser, desk: Desk, cookies: Path) -> AsyncIterator[BrowserContext]:
    context = await browser.new_context(base_url=desk.url, viewport=WIDE, storage_state=cookies)
    yield context
    await context.close()


async def broken(page: Page, screen: Screen) -> list[str]:
    """What the browser says it refused while a screen came up."""
    told: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        text = message.text
        if "Content Security Policy" in text or "Permissions-Policy" in text:
            told.append(text)

    page.on("console", listen)
    await screen.show(page)
    return told


@pytest.mark.parametrize("screen", CONSOLE, ids=str)
async def test_no_console_screen_breaks_its_policy(inside: BrowserContext, screen: Screen) -> None:
    page = await inside.new_page()

    assert await broken(page, screen) == []
    await page.close()


@pytest.mark.parametrize("screen", OUTSIDE, ids=str)
async def test_no_screen_outside_breaks_its_policy(
    browser: Browser, desk: Desk, screen: Screen
) -> None:
    context = await browser.new_context(base_url=desk.url, viewport=WIDE)
    page = await context.new_page()

    assert await broken(page, screen) == []
    await context.close()
