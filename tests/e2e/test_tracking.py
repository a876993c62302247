"""What visitors do on the shop's pages, told by its script if they allow it, as agents see it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Request, expect

from tests.e2e.desk import Desk
from tests.e2e.people import LIVE_MS, WIDE, Agent, Visitor, person
from tests.e2e.pictures import picture

WORDS = "We keep what you look at, to help you better."


@pytest.fixture
async def visitor(browser: Browser, desk: Desk) -> AsyncIterator[Visitor]:
    context = await person(browser, WIDE, "light")
    visitor = Visitor(await context.new_page(), desk)
    await visitor.visit()
    yield visitor
    await context.close()


@pytest.fixture
async def agent(browser: Browser, desk: Desk, cookies: Path) -> AsyncIterator[Agent]:
    context = await person(browser, WIDE, "light", str(cookies))
    yield Agent(await context.new_page(), desk)
    await context.close()


class Told:
    """What a visitor's browser has told of what they do."""

    def __init__(self, visitor: Visitor) -> None:
        self.events: list[str] = []
        visitor.page.on("request", self._note)

    def _note(self, request: Request) -> None:
        if request.url.endswith("/widget/v1/events"):
            self.events.append(request.post_data or "")


async def test_what_a_visitor_did_is_kept_once_they_allow_it(
    visitor: Visitor, agent: Agent, artifacts: Path
) -> None:
    told = Told(visitor)
    await visitor.page.evaluate("rapport('track', 'Looked at a tent', {price: 129})")
    await visitor.open()
    await visitor.say("My tent did not outlive the storm, says Trixie Tracked")
    await expect(visitor.messages.get_by_text("Trixie Tracked")).to_be_visible()
    assert told.events == []

    async with visitor.page.expect_response("**/widget/v1/events") as answer:
        await visitor.page.evaluate("words => rapport('consent', true, words)", WORDS)
    assert (await answer.value).ok
    async with visitor.page.expect_response("**/widget/v1/events") as answer:
        await visitor.page.evaluate("rapport('track', 'Put in the basket', {sku: 'T-4'})")
    assert (await answer.value).ok

    await agent.visit()
    await agent.row("Trixie Tracked").click()
    await expect(agent.thread.get_by_text("My tent did not outlive").first).to_be_visible(
        timeout=LIVE_MS
    )
    await agent.customer.get_by_role("link", name="Open the profile").click()
    for known in ("Looked at a tent", "Put in the basket", WORDS):
        await expect(agent.page.get_by_text(known).first).to_be_visible(timeout=LIVE_MS)
    await picture(agent.page, artifacts / "tracked-timeline.png")


async def test_a_visitor_who_refuses_is_not_followed(visitor: Visitor) -> None:
    told = Told(visitor)
    await visitor.page.evaluate("rapport('consent', false)")
    await visitor.page.evaluate("rapport('track', 'Looked at a stove')")
    await visitor.page.evaluate("rapport('page', 'Stoves')")

    await visitor.open()
    await visitor.say("What does the stove burn?")
    await expect(visitor.messages.get_by_text("What does the stove burn?")).to_be_visible()

    assert told.events == []
