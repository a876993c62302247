"""From a visitor's question to a resolved conversation, in two browsers, with what may go wrong."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.conftest import sign_in
from tests.e2e.desk import Desk
from tests.e2e.people import BACK_MS, LIVE_MS, PHONE, WIDE, Agent, Scheme, Visitor, person
from tests.e2e.pictures import picture
from tests.scale.desk import ScaledDesk
from tests.scale.servers import ExternalPostgres, Nats

SECRET = "She is on the list of testers, be generous"
UNKNOWABLE = "Which orchestra played at the wedding of your founder's grandmother?"


class Story:
    """Both of them, and the pictures of what they saw."""

    def __init__(self, visitor: Visitor, agent: Agent, desk: Desk, folder: Path, name: str) -> None:
        self.desk = desk
        self.visitor = visitor
        self.agent = agent
        self.folder = folder
        self.name = name
        self.step = 0

    async def picture(self, what: str) -> None:
        """Both screens, in both themes."""
        self.step += 1
        for who, page in (("visitor", self.visitor.page), ("agent", self.agent.page)):
            file = f"main-job-{self.name}-{self.step:02}-{what}-{who}.png"
            await picture(page, self.folder / file)


@pytest.fixture(scope="module")
def scaled_desk() -> Iterator[Desk]:
    """Two web and two worker processes behind a proxy, on one external PostgreSQL and NATS."""
    postgres, nats = ExternalPostgres(), Nats()
    try:
        postgres.start()
        nats.start()
        desk = ScaledDesk(postgres, nats)
        try:
            desk.start()
            yield desk
        finally:
            desk.close()
    finally:
        nats.stop()
        postgres.close()


@pytest.fixture(params=["1440", "390", "1440-scaled"])
async def story(
    request: pytest.FixtureRequest, browser: Browser, artifacts: Path
) -> AsyncIterator[Story]:
    width, _, scaled = request.param.partition("-")
    desk: Desk = request.getfixturevalue("scaled_desk" if scaled else "desk")
    size = WIDE if width == "1440" else PHONE
    scheme: Scheme = "light"
    visiting = await person(browser, size, scheme)
    working = await person(browser, size, scheme)
    agent = Agent(await working.new_page(), desk)
    await sign_in(agent.page, desk)
    yield Story(Visitor(await visiting.new_page(), desk), agent, desk, artifacts, request.param)
    await visiting.close()
    await working.close()


async def test_a_question_becomes_a_resolved_conversation(story: Story) -> None:
    await _assistant_answers_with_its_source(story)
    await _assistant_hands_over(story)
    await _agent_replies_live(story)
    await _note_stays_inside(story)
    await _both_survive_a_restart(story)
    await _what_was_written_offline_is_sent_once(story)
    await _resolved_and_found_again_tomorrow(story)


async def _assistant_answers_with_its_source(story: Story) -> None:
    visitor, agent = story.visitor, story.agent
    await agent.visit("/inbox/all")
    await expect(agent.list.get_by_role("link").first).to_be_visible()
    await agent.page.evaluate("() => { window.sameDocument = true }")

    await visitor.visit()
    await visitor.page.evaluate("() => Rapport.setAttributes({ plan: 'Basecamp', orders: 7 })")
    await visitor.open()
    await visitor.say("How much does express delivery cost?")

    await expect(visitor.messages).to_contain_text("12.90", timeout=LIVE_MS)
    await expect(
        visitor.messages.get_by_role("link", name="Express delivery").first
    ).to_be_visible()
    await expect(visitor.messages.get_by_text("Assistant").first).to_be_visible()
    await story.picture("answered")

    row = agent.row("express").or_(agent.row("Express")).first
    await expect(row).to_be_visible(timeout=LIVE_MS)
    assert await agent.page.evaluate("() => window.sameDocument"), "The list came by itself."
    await row.click()
    await expect(agent.thread).to_contain_text("How much does express delivery cost?")
    await expect(agent.thread).to_contain_text("12.90", timeout=LIVE_MS)
    await expect(agent.thread.get_by_role("link", name="Express delivery").first).to_be_visible()
    await story.picture("opened")


async def _assistant_hands_over(story: Story) -> None:
    visitor, agent = story.visitor, story.agent

    await visitor.say(UNKNOWABLE)

    await expect(visitor.messages).to_contain_text("colleague", timeout=LIVE_MS)
    await expect(agent.thread).to_contain_text(UNKNOWABLE, timeout=LIVE_MS)
    await expect(agent.thread).to_contain_text("passing you to a colleague", timeout=LIVE_MS)


async def _agent_replies_live(story: Story) -> None:
    visitor, agent = story.visitor, story.agent
    await _customer_context(story)

    await visitor.write("I forgot to say")
    await expect(agent.page.get_by_role("status").filter(has_text="is typing")).to_be_visible(
        timeout=LIVE_MS
    )
    await visitor.chat.get_by_role("textbox", name="Message").fill("")

    field = await agent.write("It was a **brass band**, they say.")
    await expect(visitor.messages.get_by_text("is writing")).to_be_attached(timeout=LIVE_MS)
    await story.picture("typing")
    await field.press("Control+Enter")

    await expect(visitor.messages.get_by_text("brass band")).to_be_visible(timeout=LIVE_MS)
    assert await visitor.messages.locator("strong", has_text="brass band").count() == 1
    await expect(agent.thread.get_by_text("Seen", exact=True)).to_be_visible(timeout=LIVE_MS)
    await expect(visitor.messages.get_by_text("is writing")).not_to_be_attached()
    await story.picture("replied")


async def _customer_context(story: Story) -> None:
    agent = story.agent
    if agent.is_phone:
        await agent.page.get_by_role("link", name="Customer", exact=True).click()
    await expect(agent.customer).to_contain_text("Basecamp")
    await expect(agent.customer).to_contain_text("Web shop")
    if agent.is_phone:
        await agent.customer.get_by_role("button", name="Back").click()
        await expect(agent.thread).to_be_visible()


async def _note_stays_inside(story: Story) -> None:
    visitor, agent = story.visitor, story.agent

    await agent.note(SECRET)
    await expect(agent.thread.get_by_text(SECRET)).to_be_visible()
    await agent.reply("Is there anything else?")
    await expect(visitor.messages.get_by_text("Is there anything else?")).to_be_visible(
        timeout=LIVE_MS
    )

    await visitor.page.reload()
    await visitor.open()
    await _enter_conversation(visitor)
    await expect(visitor.messages.get_by_text("Is there anything else?")).to_be_visible()
    await expect(visitor.messages.get_by_text(UNKNOWABLE)).to_be_visible()
    await _assert_secret(visitor)
    await story.picture("noted")


async def _assert_secret(visitor: Visitor) -> None:
    told = "\n".join(visitor.heard)
    assert "Is there anything else?" in told, "What we look through must be what it was told."
    assert SECRET not in told
    assert SECRET not in await visitor.html()


async def _enter_conversation(visitor: Visitor) -> None:
    """Into the conversation, from home if that is where the chat has opened."""
    field = visitor.chat.get_by_role("textbox", name="Message")
    row = visitor.chat.get_by_role("listitem").get_by_role("button")
    await expect(field.or_(row).first).to_be_visible()
    if not await field.is_visible():
        await row.first.click()
    await expect(field).to_be_visible()


async def _both_survive_a_restart(story: Story) -> None:
    visitor, agent, desk = story.visitor, story.agent, story.desk
    await visitor.page.evaluate("() => { window.sameDocument = true }")

    desk.stop()
    await visitor.say("Are you still there?")
    await expect(visitor.messages.get_by_text("Are you still there?")).to_be_visible()
    await expect(agent.page.get_by_text("Reconnecting")).to_be_visible(timeout=BACK_MS)
    await story.picture("stopped")
    desk.start()

    await expect(agent.thread.get_by_text("Are you still there?")).to_be_visible(timeout=BACK_MS)
    await agent.reply("We are. We had to sneeze.")
    await expect(visitor.messages.get_by_text("We had to sneeze")).to_be_visible(timeout=BACK_MS)
    await expect(agent.page.get_by_text("Reconnecting")).not_to_be_visible(timeout=BACK_MS)
    for page in (visitor.page, agent.page):
        assert await page.evaluate("() => window.sameDocument"), "They came back by themselves."


async def _what_was_written_offline_is_sent_once(story: Story) -> None:
    visitor, agent = story.visitor, story.agent
    text = "Written in the tunnel"

    await visitor.page.context.set_offline(True)
    await visitor.say(text)
    await expect(visitor.messages.get_by_text(text)).to_be_visible()
    await expect(visitor.chat.get_by_text("You are offline")).to_be_visible(timeout=BACK_MS)
    await story.picture("offline")
    await visitor.page.context.set_offline(False)

    await expect(agent.thread.get_by_text(text)).to_be_visible(timeout=BACK_MS)
    await agent.reply("Mind the gap.")
    await expect(visitor.messages.get_by_text("Mind the gap.")).to_be_visible(timeout=BACK_MS)
    await expect(visitor.chat.get_by_text("You are offline")).not_to_be_visible()
    assert await agent.thread.get_by_text(text).count() == 1
    assert await visitor.messages.get_by_text(text).count() == 1
    assert await _stored(agent.page, text) == 1


async def _stored(page: Page, text: str) -> int:
    """How often the server has `text` in the open conversation."""
    stored: int = await page.evaluate(
        """async (text) => {
          const id = location.pathname.split('/').at(-1)
          const answer = await fetch(`/v1/conversations/${id}/messages?limit=100`)
          const { items } = await answer.json()
          return items.filter((message) => message.body === text).length
        }""",
        text,
    )
    return stored


async def _resolved_and_found_again_tomorrow(story: Story) -> None:
    visitor, agent = story.visitor, story.agent

    await agent.page.get_by_role("button", name="Resolve", exact=True).click()
    await expect(visitor.chat.get_by_text("This conversation is resolved")).to_be_visible(
        timeout=LIVE_MS
    )
    await story.picture("resolved")

    again = await visitor.page.context.new_page()
    await visitor.page.close()
    visitor.take(again)
    await visitor.visit()
    await visitor.open()
    await _enter_conversation(visitor)
    await expect(visitor.messages.get_by_text("Mind the gap.")).to_be_visible()
    await _assert_secret(visitor)
    await story.picture("tomorrow")

    await visitor.say("One more thing")
    await expect(agent.page.get_by_text("One more thing").first).to_be_visible(timeout=LIVE_MS)
