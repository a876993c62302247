"""What a message is about: intents, the labelling queue, models, and the card beside it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.axe import AXE, serious
from tests.e2e.desk import Desk
from tests.e2e.people import LIVE_MS, PHONE, WIDE
from tests.e2e.post import call

READY_MS = 20_000
PLACES = {
    "intents": "/settings/intents",
    "labelling": "/settings/labelling",
    "triage-models": "/settings/triage-models",
}
HEADINGS = {"intents": "Intents", "labelling": "Label messages", "triage-models": "Trained models"}


@pytest.fixture(params=["1440", "390"])
async def page(
    request: pytest.FixtureRequest, browser: Browser, desk: Desk, cookies: Path
) -> AsyncIterator[Page]:
    context = await browser.new_context(
        base_url=desk.url,
        storage_state=cookies,
        viewport=WIDE if request.param == "1440" else PHONE,
        reduced_motion="reduce",
        locale="en-GB",
    )
    await context.add_init_script(path=AXE)
    page = await context.new_page()
    await page.goto("/favicon.svg")
    yield page
    await context.close()


@pytest.mark.parametrize("place", PLACES)
async def test_each_page_is_accessible_and_fits_the_screen(page: Page, place: str) -> None:
    await page.goto(PLACES[place])
    heading = page.get_by_role("heading", name=HEADINGS[place], level=1)
    await expect(heading).to_be_visible(timeout=READY_MS)

    assert await serious(page) == []
    fits = "() => document.documentElement.scrollWidth <= window.innerWidth"
    assert await page.evaluate(fits)


async def test_an_intent_is_added_taught_archived_and_brought_back(
    page: Page, request: pytest.FixtureRequest
) -> None:
    name = f"Leaking tents {request.node.callspec.id}"
    await page.goto("/settings/intents")
    await page.get_by_role("button", name="Add an intent").first.click(timeout=READY_MS)
    dialog = page.get_by_role("dialog", name="Add an intent")
    await dialog.get_by_label("Name").fill(name)
    await dialog.get_by_role("button", name="Add", exact=True).click()
    await expect(page.get_by_role("heading", name=name)).to_be_visible(timeout=READY_MS)

    await page.get_by_label("Type examples").fill("My tent leaks\n\nWater comes in")
    await page.get_by_role("button", name="Add 2 examples").click()
    await expect(page.get_by_text("Water comes in", exact=True)).to_be_visible(timeout=LIVE_MS)
    assert await serious(page) == []

    await page.get_by_role("button", name="Archive").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("button", name="Archive").click()
    await page.get_by_role("button", name="Bring back").click()
    await expect(page.get_by_role("button", name="Archive")).to_be_visible(timeout=LIVE_MS)


async def test_a_training_is_started_and_says_how_it_ended(page: Page) -> None:
    await page.goto("/settings/triage-models")
    await page.get_by_role("button", name="Train a model").click(timeout=READY_MS)
    ended = page.get_by_text("Ready", exact=True).or_(page.get_by_text("Failed", exact=True))
    await expect(ended.first).to_be_visible(timeout=60_000)
    assert await serious(page) == []


async def test_the_card_beside_a_conversation_is_corrected_by_one_choice(
    page: Page, request: pytest.FixtureRequest
) -> None:
    if "390" in request.node.callspec.id:
        pytest.skip("the panel is beside the conversation on a wide screen only")
    listed = await call(page, "GET", "/v1/conversations")
    read = [
        one["id"]
        for one in listed["items"]
        if (await call(page, "GET", f"/v1/conversations/{one['id']}/readings"))["items"]
    ]
    await page.goto(f"/inbox/all/{read[0]}")
    card = page.get_by_role("region", name="What it says")
    await expect(card).to_be_visible(timeout=READY_MS)

    mood = card.get_by_role("combobox", name="Mood")
    other = "joy" if await mood.input_value() != "joy" else "anger"
    await mood.select_option(other)
    await expect(card.get_by_text("The machine said:").first).to_be_visible(timeout=LIVE_MS)
    await expect(card.get_by_text("Corrected by")).to_be_visible()
    assert await serious(page) == []
