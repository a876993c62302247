"""A matter by mail from its first line to its last, by way of real mail servers.

Ada writes by Postfix to an account at Dovecot, which Rapport watches by IDLE; what the agent
answers goes out by Postfix to Ada's account. Then Ada answers from another address, and a mail to
somebody who does not exist comes back.
"""

import re
import time
from collections.abc import AsyncIterator, Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.dovecot import PASSWORD, Dovecot
from tests.e2e.axe import AXE, serious
from tests.e2e.conftest import sign_in
from tests.e2e.people import WIDE, Agent
from tests.e2e.pictures import picture
from tests.e2e.post import call
from tests.e2e.served import ServedDesk
from tests.fetching import until
from tests.postfix import Postfix
from tests.scale.servers import running

US = "help@shop.example"
ADA = "Ada Byron <ada@home.example>"
ADA_AT_WORK = "Ada <a.byron@work.example>"
BOB = "Bob <bob@bad.example>"
NOBODY = "5.1.1 There is no Bob here"
ARRIVES_MS = 20_000
LEAVES_MS = 40_000


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    server = Dovecot()
    server.add_user(US)
    for name in ("help", "ada", "a.byron"):
        server.put(name, [])
    with running(server):
        yield server


@pytest.fixture(scope="module")
def postfix(dovecot: Dovecot) -> Iterator[Postfix]:
    ours = ["shop.example", "home.example", "work.example"]
    server = Postfix(dovecot, ours, transports={"bad.example": f"error:{NOBODY}"})
    with running(server):
        yield server


@pytest.fixture(scope="module")
def served(dovecot: Dovecot, postfix: Postfix) -> Iterator[ServedDesk]:
    desk = ServedDesk(dovecot, postfix)
    with running(desk):
        yield desk


class Journey:
    """The agent at their screen, and the mail servers around them."""

    def __init__(
        self, page: Page, desk: ServedDesk, dovecot: Dovecot, postfix: Postfix, folder: Path
    ) -> None:
        self.page = page
        self.agent = Agent(page, desk)
        self.dovecot = dovecot
        self.postfix = postfix
        self.folder = folder

    async def connect(self) -> str:
        """Set up the inbox, and wait until its folder is watched; its id."""
        box = {
            "name": "Help",
            "address": US,
            "incoming": {
                "kind": "imap",
                "host": "127.0.0.1",
                "port": self.dovecot.imaps_port,
                "security": "tls",
                "user": US,
            },
            "imap_password": PASSWORD,
            "outgoing": {
                "kind": "smtp",
                "host": "127.0.0.1",
                "port": self.postfix.port,
                "security": "plain",
            },
        }
        inbox_id = (await call(self.page, "POST", "/v1/email/mailboxes", box))["inbox_id"]
        path = f"/v1/email/mailboxes/{inbox_id}"
        await call(self.page, "PATCH", path, {"undo_s": 0, "quoting": True})

        async def listens() -> bool:
            health = await call(self.page, "GET", f"{path}/health")
            return bool(health["incoming"]["state"] == "listening")

        await until(listens)
        return str(inbox_id)

    def send(self, sender: str, subject: str, text: str, **headers: str) -> EmailMessage:
        """Write as a customer, with their mail program."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, US, subject
        mail["Message-ID"] = f"<{time.time_ns()}@home.example>"
        for name, value in headers.items():
            mail[name.replace("_", "-")] = value
        mail.set_content(text)
        self.postfix.send(str(mail["From"].addresses[0].addr_spec), US, mail.as_bytes())
        return mail

    async def open(self, text: str) -> None:
        row = self.agent.row(text).first
        await expect(row).to_be_visible(timeout=ARRIVES_MS)
        await row.click()
        await expect(self.agent.thread).to_contain_text(text)

    async def got(self, user: str, count: int) -> EmailMessage:
        """The latest of so many mails in a customer's account."""

        async def there() -> bool:
            return len(self.dovecot.names(user)) >= count

        await until(there, within_s=LEAVES_MS / 1_000)
        folder = self.dovecot.maildir(user)
        files = sorted([*folder.glob("new/*"), *folder.glob("cur/*")], key=_written)
        read = message_from_bytes(files[-1].read_bytes(), policy=policy.default)
        assert isinstance(read, EmailMessage)
        return read

    async def picture(self, what: str) -> None:
        await picture(self.page, self.folder / f"mail-journey-{what}.png")


def _written(file: Path) -> float:
    return file.stat().st_mtime


@pytest.fixture
async def journey(
    browser: Browser, served: ServedDesk, dovecot: Dovecot, postfix: Postfix, artifacts: Path
) -> AsyncIterator[Journey]:
    context = await browser.new_context(
        base_url=served.url, viewport=WIDE, reduced_motion="reduce", locale="en-GB"
    )
    await context.add_init_script(path=AXE)
    page = await context.new_page()
    await sign_in(page, served)
    await page.goto("/inbox/all")
    yield Journey(page, served, dovecot, postfix, artifacts)
    await context.close()


async def test_a_matter_by_mail_from_its_first_line_to_its_last(journey: Journey) -> None:
    inbox_id = await journey.connect()
    await expect(journey.agent.list.get_by_role("link").first).to_be_visible()

    asked = await _ada_asks(journey)
    answered = await _the_agent_answers(journey, asked)
    await _ada_answers_from_another_address(journey, answered)
    await _bob_cannot_be_answered(journey)

    assert await serious(journey.page) == []
    await _the_inbox_tells_what_came_in(journey, inbox_id)


async def _ada_asks(journey: Journey) -> EmailMessage:
    asked = journey.send(ADA, "My kettle", "The lid does not close.\n\n-- \nAda Byron\n")

    await journey.open("The lid does not close.")
    await expect(journey.agent.thread.get_by_text("Sender not proved")).to_be_visible()
    await journey.picture("1-asked")
    return asked


async def _the_agent_answers(journey: Journey, asked: EmailMessage) -> EmailMessage:
    await journey.agent.reply("We send you a **new lid** today.")

    await expect(journey.agent.thread.get_by_text(re.compile(r"^Sent \d"))).to_be_visible(
        timeout=LEAVES_MS
    )
    await journey.picture("2-answered")
    answered = await journey.got("ada", 1)
    assert answered["In-Reply-To"] == asked["Message-ID"]
    assert str(answered["From"].addresses[0].addr_spec) == US
    assert answered["Subject"] == "Re: My kettle"
    text, html = answered.get_body(("plain",)), answered.get_body(("html",))
    assert text is not None
    assert "new lid" in text.get_content()
    assert html is not None
    assert "<strong>new lid</strong>" in html.get_content()
    return answered


async def _ada_answers_from_another_address(journey: Journey, answered: EmailMessage) -> None:
    journey.send(
        ADA_AT_WORK,
        "Re: My kettle",
        "Thank you, that is kind.\n\n"
        "On Monday, 23 November 2026 at 10:00, Help <help@shop.example> wrote:\n\n"
        "> We send you a new lid today.\n",
        In_Reply_To=str(answered["Message-ID"]),
        References=f"{answered['References'] or ''} {answered['Message-ID']}".strip(),
    )

    thread = journey.agent.thread
    await expect(thread.get_by_text("Thank you, that is kind.")).to_be_visible(timeout=ARRIVES_MS)
    await expect(thread.get_by_role("note")).to_contain_text("wrote from another address")
    await expect(thread.get_by_text("Help <help@shop.example> wrote:")).to_have_count(0)
    await journey.picture("3-answered-from-work")
    await thread.get_by_role("button", name="Show quoted text").last.click()
    await expect(thread.get_by_text("We send you a new lid today.").last).to_be_visible()
    await journey.picture("4-quoted")


async def _bob_cannot_be_answered(journey: Journey) -> None:
    journey.send(BOB, "Lost parcel", "Where is my parcel?")
    await journey.open("Where is my parcel?")

    await journey.agent.reply("It is at the depot.")

    thread = journey.agent.thread
    trouble = thread.get_by_role("alert")
    await expect(trouble).to_be_visible(timeout=LEAVES_MS)
    await expect(trouble).to_contain_text("There is no Bob here")
    await journey.picture("5-came-back")


async def _the_inbox_tells_what_came_in(journey: Journey, inbox_id: str) -> None:
    page = journey.page
    await page.goto(f"/settings/inboxes/{inbox_id}?tab=health")
    await expect(page.get_by_text("Everything could be read")).to_be_visible()

    await page.get_by_label("Which messages").select_option(label="In a conversation")

    rows = page.get_by_role("button", name="Download the original")
    await expect(rows).to_have_count(4)
    await expect(page.get_by_text("a.byron@work.example")).to_be_visible()
    await journey.picture("6-came-in")
    assert await serious(page) == []
