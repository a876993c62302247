"""Every screen is open to everybody: axe on each, in both themes; and a day's work by keyboard."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Frame, Page, expect

from tests.conftest import PROJECT
from tests.e2e.desk import Desk
from tests.e2e.people import LIVE_MS, PHONE, WIDE
from tests.e2e.screens import CONSOLE, OUTSIDE, ROWS, THREAD, Screen, frame_of

AXE = PROJECT / "web" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


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


async def violations(page: Page, screen: Screen) -> list[str]:
    """What axe finds serious or critical, in both themes, each with the place."""
    where: Page | Frame = frame_of(page) if screen.where == "widget" else page
    found: list[str] = []
    assert await where.title()
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        result: list[dict[str, Any]] = await where.evaluate(
            """async (values) => {
              const options = { runOnly: { type: 'tag', values }, resultTypes: ['violations'] }
              // Inside a frame axe now and then does not see the title; it is looked at above.
              options.rules = { 'document-title': { enabled: window.parent === window } }
              return (await axe.run(document, options)).violations
            }""",
            TAGS,
        )
        found += [
            f"{scheme} {each['impact']} {each['id']}: {node['target']} {node['html'][:160]} "
            f"{node.get('failureSummary', '')}"
            for each in result
            if each["impact"] in {"serious", "critical"}
            for node in each["nodes"][:4]
        ]
    return found


@pytest.mark.parametrize("screen", CONSOLE, ids=str)
async def test_no_serious_violation_in_the_console(inside: BrowserContext, screen: Screen) -> None:
    page = await inside.new_page()
    await screen.show(page)

    assert await violations(page, screen) == []
    await page.close()


@pytest.mark.parametrize("screen", OUTSIDE, ids=str)
async def test_no_serious_violation_outside(browser: Browser, desk: Desk, screen: Screen) -> None:
    context = await _context(browser, desk)
    page = await context.new_page()
    await screen.show(page)

    assert await violations(page, screen) == []
    await context.close()


PHONE_SCREENS = [s for s in CONSOLE if s.name in {"inbox", "knowledge", "settings-people"}]


@pytest.mark.parametrize("screen", PHONE_SCREENS, ids=str)
async def test_no_serious_violation_on_a_phone(
    browser: Browser, cookies: Path, desk: Desk, screen: Screen
) -> None:
    context = await _context(browser, desk, viewport=PHONE, storage_state=cookies)
    page = await context.new_page()
    await screen.show(page)

    assert await violations(page, screen) == []
    width = await page.evaluate("() => document.documentElement.scrollWidth")
    assert width <= PHONE["width"], "Nothing sticks out sideways."
    await context.close()


RIGHT_TO_LEFT = [s for s in CONSOLE if s.name in {"inbox", "conversation", "settings-profile"}]


@pytest.mark.parametrize("screen", RIGHT_TO_LEFT, ids=str)
async def test_no_serious_violation_in_arabic(
    browser: Browser, cookies: Path, desk: Desk, screen: Screen
) -> None:
    context = await _context(browser, desk, storage_state=cookies)
    await context.add_init_script("localStorage.setItem('rapport.locale', 'ar')")
    page = await context.new_page()
    await screen.show(page)

    await expect(page.locator("html[dir=rtl][lang=ar]")).to_be_attached()
    assert await violations(page, screen) == []
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
