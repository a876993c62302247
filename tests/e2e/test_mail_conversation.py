"""A conversation by mail, as the agent sees it: who wrote to whom, answering, undoing, failing."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.axe import AXE, serious
from tests.e2e.conftest import sign_in
from tests.e2e.people import LIVE_MS, PHONE, WIDE, Agent
from tests.e2e.pictures import picture
from tests.e2e.post import PROVED, US, MailDesk, Post, call, letter
from tests.sink import Sink

UNDO_S = 6
JANE = "Jane Doe <jane@example.com>"
SENT = re.compile(r"^Sent \d")
QUOTED = "The tent that I ordered has a hole."


class Office:
    """The agent at their mail, and pictures of it."""

    def __init__(self, page: Page, post: Post, desk: MailDesk, folder: Path, name: str) -> None:
        self.page = page
        self.agent = Agent(page, desk)
        self.post = post
        self.folder = folder
        self.name = name

    async def picture(self, what: str) -> None:
        await picture(self.page, self.folder / f"mail-{self.name}-{what}.png")


@pytest.fixture(scope="module")
async def sink() -> AsyncIterator[Sink]:
    async with Sink() as sink:
        yield sink


@pytest.fixture(scope="module")
async def mail_desk(sink: Sink) -> AsyncIterator[MailDesk]:
    desk = MailDesk(sink)
    try:
        desk.start()
        yield desk
    finally:
        desk.close()


@pytest.fixture(scope="module")
async def signed_in(browser: Browser, mail_desk: MailDesk) -> Path:
    context = await browser.new_context(base_url=mail_desk.url)
    page = await context.new_page()
    await sign_in(page, mail_desk)
    path = mail_desk.data_dir / "cookies.json"
    await context.storage_state(path=path)
    await context.close()
    return path


@pytest.fixture(scope="module")
async def hook(browser: Browser, mail_desk: MailDesk, sink: Sink, signed_in: Path) -> str:
    """Where mail for the connected mailbox is posted."""
    context = await browser.new_context(base_url=mail_desk.url, storage_state=signed_in)
    page = await context.new_page()
    await page.goto("/inbox/all")
    post = await Post.set_up(page, sink, undo_s=UNDO_S)
    await context.close()
    return post.address


@pytest.fixture(params=["1440", "390"])
async def office(
    request: pytest.FixtureRequest,
    browser: Browser,
    mail_desk: MailDesk,
    sink: Sink,
    signed_in: Path,
    hook: str,
    artifacts: Path,
) -> AsyncIterator[Office]:
    context = await browser.new_context(
        base_url=mail_desk.url,
        storage_state=signed_in,
        viewport=WIDE if request.param == "1440" else PHONE,
        reduced_motion="reduce",
        locale="en-GB",
    )
    await context.add_init_script(path=AXE)
    page = await context.new_page()
    sink.answers.clear()
    await page.goto("/inbox/all")
    yield Office(page, Post(page, sink, hook), mail_desk, artifacts, request.param)
    await context.close()


async def test_a_mail_is_read_answered_taken_back_and_sent(office: Office) -> None:
    await _a_mail_arrives(office)
    await _it_says_who_wrote_to_whom(office)
    await _an_answer_is_taken_back(office)
    await _another_is_sent(office)
    await _a_third_is_scheduled_and_cancelled(office)
    await _a_stranger_writes_into_it(office)
    await _a_recipient_is_refused(office)
    assert await serious(office.page) == []


def _subject(office: Office) -> str:
    return f"A hole in my tent ({office.name})"


async def _a_mail_arrives(office: Office) -> None:
    await expect(office.agent.list.get_by_role("link").first).to_be_visible()
    mail = letter(
        JANE,
        f"Can you send another one ({office.name})?\n\nOn Friday, Support wrote:\n> {QUOTED}\n",
        subject=_subject(office),
        Cc="Bob <bob@example.com>",
        Authentication_Results=PROVED,
    )
    await office.post.deliver(mail)

    row = office.agent.row(f"Can you send another one ({office.name})")
    await expect(row).to_be_visible(timeout=LIVE_MS)
    await row.click()
    await expect(office.agent.thread).to_contain_text("Can you send another one")


async def _it_says_who_wrote_to_whom(office: Office) -> None:
    thread = office.agent.thread
    line = thread.get_by_role("button", name="Jane Doe to support, cc Bob")
    await expect(line).to_be_visible(timeout=LIVE_MS)
    await expect(thread.get_by_text("Sender proved")).to_be_visible()

    await line.click()
    await expect(thread.get_by_text("Jane Doe <jane@example.com>")).to_be_visible()
    await expect(thread.get_by_text("Your mail server has checked the sender.")).to_be_visible()
    async with office.page.expect_download() as download:
        await thread.get_by_role("link", name="Download the original").click()
    assert (await download.value).suggested_filename == "message.eml"

    await expect(thread.get_by_text(QUOTED)).to_have_count(0)
    await thread.get_by_role("button", name="Show quoted text").click()
    await expect(thread.get_by_text(QUOTED)).to_be_visible()
    await office.picture("read")
    await line.click()


async def _an_answer_is_taken_back(office: Office) -> None:
    page, thread = office.page, office.agent.thread
    write = page.get_by_role("region", name="Write")
    await expect(write.get_by_text("to Jane Doe, cc Bob")).to_be_visible()

    await write.get_by_text("Reply", exact=True).first.click()
    await expect(write.get_by_text("to Jane Doe", exact=True)).to_be_visible()
    await office.agent.reply("We send it **today**.")

    await expect(thread.get_by_role("timer")).to_contain_text("Sending in")
    await expect(thread.locator("strong", has_text="today")).to_be_visible()
    await office.picture("held")
    await thread.get_by_role("button", name="Undo").click()

    field = page.get_by_role("textbox", name="Reply to the customer")
    await expect(field).to_have_value("We send it **today**.")
    await expect(write.get_by_text("to Jane Doe", exact=True)).to_be_visible()
    await expect(thread.get_by_role("timer")).to_have_count(0)


async def _another_is_sent(office: Office) -> None:
    before = len(office.post.sink.taken)
    await office.page.get_by_role("textbox", name="Reply to the customer").press("Control+Enter")

    sent = office.agent.thread.get_by_text(SENT).last
    await expect(sent).to_be_visible(timeout=(UNDO_S + 30) * 1_000)

    assert len(office.post.sink.taken) == before + 1
    taken = office.post.sink.taken[-1]
    assert taken.recipients == ("jane@example.com",)
    assert taken.mail["Subject"] == f"Re: {_subject(office)}"
    await office.picture("sent")


async def _a_third_is_scheduled_and_cancelled(office: Office) -> None:
    page, thread = office.page, office.agent.thread
    await office.agent.write("It arrives on Monday.")

    await page.get_by_role("button", name="Send later…").click()
    await page.get_by_role("button", name="Next week").click()

    await expect(thread.get_by_text("Will be sent")).to_be_visible(timeout=LIVE_MS)
    await office.picture("scheduled")
    await thread.get_by_role("button", name="Cancel").click()
    field = page.get_by_role("textbox", name="Reply to the customer")
    await expect(field).to_have_value("It arrives on Monday.")
    await field.fill("")


async def _a_stranger_writes_into_it(office: Office) -> None:
    thread = office.agent.thread
    ours = office.post.sink.taken[-1].id
    mail = letter(
        f"jane.private.{office.name}@example.net",
        "This is Jane from my other address.",
        subject=f"Re: {_subject(office)}",
        In_Reply_To=ours,
        References=ours,
    )
    await office.post.deliver(mail)

    banner = thread.get_by_role("note")
    await expect(banner).to_contain_text("wrote from another address", timeout=LIVE_MS)
    await expect(thread.get_by_text("Sender not proved")).to_be_visible()
    await office.picture("stranger")
    await banner.get_by_role("button", name="Link to Jane Doe").click()
    await expect(banner.get_by_text("This address belongs to the customer")).to_be_visible()


async def _a_recipient_is_refused(office: Office) -> None:
    page, thread = office.page, office.agent.thread
    office.post.sink.answers["nobody@example.com"] = "550 5.1.1 No such user here"
    write = page.get_by_role("region", name="Write")
    await write.get_by_role("button", name="Recipients and subject").click()
    await write.get_by_role("button", name="Remove jane@example.com").click()
    await write.get_by_role("button", name="Remove bob@example.com").click()
    to = write.get_by_role("textbox", name="To", exact=True)
    await to.fill("nobody@example.com")
    await to.press("Enter")
    await office.agent.reply("Is anybody there?")

    trouble = thread.get_by_role("alert")
    await expect(trouble).to_contain_text("No such user here", timeout=(UNDO_S + 30) * 1_000)
    await expect(trouble.get_by_role("button", name="Try again")).to_be_visible()
    await office.picture("failed")


async def test_a_new_mail_is_written_by_keyboard(office: Office) -> None:
    page = office.page
    await expect(office.agent.list.get_by_role("link").first).to_be_visible()
    await page.keyboard.press("c")
    dialog = page.get_by_role("dialog", name="New e-mail")
    await expect(dialog).to_be_visible()
    await dialog.get_by_role("textbox", name="To", exact=True).press_sequentially(
        "ann@example.com,"
    )
    await expect(dialog.get_by_role("button", name="Change ann@example.com")).to_be_visible()
    await dialog.get_by_role("textbox", name="Subject").fill("Your order")
    await dialog.get_by_role("textbox", name="Text").fill("It leaves today.")
    await office.picture("new")
    assert await serious(page) == []
    await page.keyboard.press("Control+Enter")

    await expect(office.agent.thread.get_by_role("timer")).to_contain_text("Sending in")
    await expect(office.agent.thread.get_by_text(SENT).last).to_be_visible(
        timeout=(UNDO_S + 30) * 1_000
    )
    assert office.post.sink.taken[-1].recipients == ("ann@example.com",)
    assert US in str(office.post.sink.taken[-1].mail["From"])


async def test_an_out_of_office_reply_is_a_quiet_line(office: Office) -> None:
    mail = letter(
        f"Max <max{office.name}@example.com>",
        "I am away until Monday.",
        subject="Automatic reply: hello",
        Auto_Submitted="auto-replied",
    )
    await office.post.deliver(mail)

    row = office.agent.row("I am away until Monday").first
    await expect(row).to_be_visible(timeout=LIVE_MS)
    await row.click()

    thread = office.agent.thread
    await expect(thread.get_by_text("Automatic reply from Max")).to_be_visible(timeout=LIVE_MS)
    await expect(thread.get_by_text("I am away until Monday")).to_have_count(0)
    await thread.get_by_role("button", name="Show", exact=True).click()
    await expect(thread.get_by_text("I am away until Monday")).to_be_visible()
    await office.picture("quiet")
    assert await serious(office.page) == []


async def test_a_chat_goes_on_by_mail_and_back(office: Office) -> None:
    page = office.page
    chats = await call(page, "GET", "/v1/conversations?view=all&limit=50")
    mailbox = (await call(page, "GET", "/v1/email/mailboxes"))["items"][0]["inbox_id"]
    chat = next(
        it for it in chats["items"] if it["customer"]["email"] and it["inbox_id"] != mailbox
    )
    await page.goto(f"/inbox/all/{chat['id']}")
    write = page.get_by_role("region", name="Write")
    address = chat["customer"]["email"]

    await write.get_by_role("button", name="More ways to send").click()
    await page.get_by_role("menuitem", name=f"Answer by e-mail to {address}").click()

    await expect(write.get_by_role("button", name="Recipients and subject")).to_be_visible()
    await write.get_by_role("button", name="Recipients and subject").click()
    await expect(write.get_by_role("button", name="Change").first).to_be_visible()
    await office.picture("from-chat")
    assert await serious(page) == []
    await write.get_by_role("button", name="Answer in the chat").click()
    await expect(write.get_by_role("button", name="Recipients and subject")).to_have_count(0)
