"""Every screen is open to everybody, and asks the browser for nothing that its policy forbids.

Axe on each, in both themes; and a day's work by keyboard.
"""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from tests.e2e.axe import AXE, serious
from tests.e2e.desk import Desk
from tests.e2e.people import LIVE_MS, PHONE, WIDE
from tests.e2e.screens import CONSOLE, OUTSIDE, ROWS, THREAD, Screen, frame_of


async def _context(browser: Browser, desk: Desk, **options: Any) -> BrowserContext:
    context = await browser.new_context(
        **({"base_url": desk.url, "viewport": WIDE, "reduced_motion": "reduce"} | options)
    )
    await context.add_init_script(path=AXE)
    return context


@pytest.fixture(scope="module")
async def inside(browser: Browser, desk: Desk, cookies: Path) -> AsyncIterator[BrowserContext]:
    """The browser of somebody who is signed in."""
    context = await _context(browser, desk, storage_state=cookies)
    yield context
    await context.close()


async def objections(page: Page, screen: Screen) -> list[str]:
    """What its own policy forbids while the screen comes up, and what axe finds on it."""
    refused: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text or "Permissions-Policy" in message.text:
            refused.append(message.text)

    page.on("console", listen)
    await screen.show(page)
    page.remove_listener("console", listen)
    return refused + await serious(page, frame_of(page) if screen.where == "widget" else page)


@pytest.mark.parametrize("screen", CONSOLE, ids=str)
async def test_nothing_is_wrong_with_a_screen_of_the_console(
    inside: BrowserContext, screen: Screen
) -> None:
    page = await inside.new_page()

    assert await objections(page, screen) == []
    await page.close()


@pytest.mark.parametrize("screen", OUTSIDE, ids=str)
async def test_nothing_is_wrong_with_a_screen_outside(
    browser: Browser, desk: Desk, screen: Screen
) -> None:
    context = await _context(browser, desk)
    page = await context.new_page()

    assert await objections(page, screen) == []
    await context.close()


PHONE_SCREENS = [s for s in CONSOLE if s.name in {"inbox", "knowledge", "settings-people"}]


@pytest.mark.parametrize("screen", PHONE_SCREENS, ids=str)
async def test_nothing_is_wrong_on_a_phone(
    browser: Browser, cookies: Path, desk: Desk, screen: Screen
) -> None:
    context = await _context(browser, desk, viewport=PHONE, storage_state=cookies)
    page = await context.new_page()

    assert await objections(page, screen) == []
    width = await page.evaluate("() => document.documentElement.scrollWidth")
    assert width <= PHONE["width"], "Nothing sticks out sideways."
    await context.close()


RIGHT_TO_LEFT = [s for s in CONSOLE if s.name in {"inbox", "conversation", "settings-profile"}]


@pytest.mark.parametrize("screen", RIGHT_TO_LEFT, ids=str)
async def test_nothing_is_wrong_in_arabic(
    browser: Browser, cookies: Path, desk: Desk, screen: Screen
) -> None:
    context = await _context(browser, desk, storage_state=cookies)
    await context.add_init_script("localStorage.setItem('rapport.locale', 'ar')")
    page = await context.new_page()

    assert await objections(page, screen) == []
    await expect(page.locator("html[dir=rtl][lang=ar]")).to_be_attached()
    await context.close()


async def test_a_conversation_is_answered_and_resolved_by_keyboard_alone(
    inside: BrowserContext,
) -> None:
    page = await inside.new_page()
    await page.goto("/inbox/all")
    await expect(page.locator(ROWS).first).to_be_visible()
    press = page.keyboard.press

    await press("j")
    await press("j")
    await expect(page.locator(f"{ROWS}:focus")).to_have_count(1)
    await press("Enter")
    await page.wait_for_url(re.compile(r"/inbox/all/[0-9a-f-]{36}"))
    await expect(page.locator(THREAD).first).to_be_visible()

    await press("r")
    reply = page.get_by_role("textbox", name="Reply to the customer")
    await expect(reply).to_be_focused()
    await page.keyboard.type("Answered without a mouse.")
    await press("Control+Enter")
    thread = page.get_by_role("log", name="Messages")
    await expect(thread.get_by_text("Answered without a mouse.")).to_be_visible()
    await expect(reply).to_have_value("")

    await press("Escape")
    await press("e")
    await expect(page.get_by_text(re.compile(r"Conversation #\d+ is resolved"))).to_be_visible(
        timeout=LIVE_MS
    )

    await press("?")
    sheet = page.get_by_role("dialog")
    await expect(sheet.get_by_text("Next conversation")).to_be_visible()
    await press("Escape")
    await expect(sheet).not_to_be_visible()

    await press("Control+k")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.keyboard.type("knowledge")
    await press("Enter")
    await page.wait_for_url("**/knowledge")
    await press("g")
    await press("i")
    await page.wait_for_url("**/inbox/**")
    await page.close()
