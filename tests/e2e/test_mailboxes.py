"""An e-mail inbox is set up in the browser, against the mail servers that Debian has."""

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.dovecot import PASSWORD, Dovecot
from tests.e2e.axe import AXE, serious
from tests.e2e.conftest import sign_in
from tests.e2e.people import PHONE, WIDE
from tests.e2e.pictures import picture
from tests.e2e.served import ServedDesk
from tests.postfix import Postfix
from tests.scale.servers import running

ADDRESS = "help@shop.example"
SLOW_MS = 40_000


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    server = Dovecot()
    server.add_user(ADDRESS)
    server.put("help", [b"From: a@example.net\r\nSubject: Hello\r\n\r\nHello\r\n"])
    with running(server):
        yield server


@pytest.fixture(scope="module")
def postfix(dovecot: Dovecot) -> Iterator[Postfix]:
    server = Postfix(dovecot, ["shop.example"], has_login=True)
    with running(server):
        yield server


@pytest.fixture(scope="module")
def mail_desk(dovecot: Dovecot, postfix: Postfix) -> Iterator[ServedDesk]:
    desk = ServedDesk(dovecot, postfix)
    with running(desk):
        yield desk


@pytest.fixture(params=["wide", "phone"])
async def page(
    request: pytest.FixtureRequest, browser: Browser, mail_desk: ServedDesk
) -> AsyncIterator[Page]:
    """The owner's page, once on a desk and once on a phone."""
    context = await browser.new_context(
        base_url=mail_desk.url,
        viewport=WIDE if request.param == "wide" else PHONE,
        reduced_motion="reduce",
    )
    await context.add_init_script(path=AXE)
    page = await context.new_page()
    await sign_in(page, mail_desk)
    yield page
    await context.close()


async def fill_servers(page: Page, dovecot: Dovecot, postfix: Postfix) -> None:
    """The second step: TLS in, no TLS out, which the administrator allowed."""
    for part, port, security in (
        ("Receiving", dovecot.imaps_port, "TLS"),
        ("Sending", postfix.port, "None"),
    ):
        section = section_of(page, part)
        await section.get_by_label("Server").fill("127.0.0.1")
        await section.get_by_label("Encryption").select_option(label=security)
        await section.get_by_label("Port").fill(str(port))
        await section.get_by_label("User").fill(ADDRESS)


def section_of(page: Page, title: str) -> Locator:
    return page.locator("section", has=page.get_by_role("heading", name=title, exact=True))


async def assert_open_to_everybody(page: Page, name: str, artifacts: Path) -> None:
    """No violation, nothing wider than the screen, and a picture to look at."""
    assert await serious(page) == []
    overflow = await page.evaluate(
        "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert overflow <= 0
    width = (page.viewport_size or {"width": 0})["width"]
    await picture(page, artifacts / f"{name}-{width}.png")


async def test_from_an_address_to_an_inbox_that_works(
    page: Page, dovecot: Dovecot, postfix: Postfix, artifacts: Path
) -> None:
    await page.goto("/settings/inboxes")
    await page.get_by_role("button", name="New inbox").first.click()
    await page.get_by_role("menuitem", name="E-mail").click()
    await page.get_by_label("E-mail address").fill(ADDRESS)
    await page.get_by_label("Name, for your colleagues").fill("Help")
    await page.get_by_role("button", name="Find the settings").click()
    by_hand = page.get_by_label("Enter the settings myself")
    await expect(by_hand).to_be_visible(timeout=SLOW_MS)
    await assert_open_to_everybody(page, "mail-address", artifacts)
    await by_hand.check()
    await page.get_by_role("button", name="Continue").click()

    await fill_servers(page, dovecot, postfix)
    await section_of(page, "Receiving").get_by_role("textbox", name="Password").fill("wrong")
    await assert_open_to_everybody(page, "mail-settings", artifacts)
    await page.get_by_role("button", name="Continue").click()
    await page.get_by_role("button", name="Test now").click()
    refusal = page.get_by_text("The server does not accept this user and password.").first
    await expect(refusal).to_be_visible(timeout=SLOW_MS)
    await assert_open_to_everybody(page, "mail-test-failed", artifacts)

    await page.get_by_role("button", name="Back", exact=True).last.click()
    await section_of(page, "Receiving").get_by_role("textbox", name="Password").fill(PASSWORD)
    await page.get_by_role("button", name="Continue").click()
    await page.get_by_label("Also send a letter to this address").check()
    await page.get_by_role("button", name="Test now").click()
    await expect(page.get_by_text("It works, in and out.")).to_be_visible(timeout=SLOW_MS)
    letter = page.get_by_role("region", name="A letter to yourself")
    await expect(letter.get_by_text("works")).to_have_count(2)
    await assert_open_to_everybody(page, "mail-test", artifacts)
    await page.get_by_role("button", name="Save and continue").click()

    await expect(page.get_by_text("Who may send (SPF)")).to_be_visible(timeout=SLOW_MS)
    await assert_open_to_everybody(page, "mail-dns", artifacts)
    await page.get_by_role("button", name="Continue").click()
    await expect(page.get_by_text(f"{ADDRESS} is an inbox now")).to_be_visible()
    await assert_open_to_everybody(page, "mail-done", artifacts)

    await page.get_by_role("button", name="Signature and more settings").click()
    await expect(page).to_have_url(re.compile(r"/settings/inboxes/[0-9a-f-]+"))
    await page.get_by_role("link", name="Health", exact=True).click()
    await expect(page.get_by_text("Working").first).to_be_visible(timeout=SLOW_MS)
    await remove(page)


async def test_each_part_of_a_mailbox_is_open_to_everybody(page: Page, artifacts: Path) -> None:
    inbox_id = await page.evaluate(
        """async (address) => (await (await fetch('/v1/email/mailboxes', {
             method: 'POST',
             headers: { 'content-type': 'application/json' },
             body: JSON.stringify({ name: 'Parts', address,
               outgoing: { kind: 'smtp', host: 'smtp.shop.example' } }),
           })).json()).inbox_id""",
        f"parts-{(page.viewport_size or {'width': 0})['width']}@shop.example",
    )

    for tab in ("receiving", "sending", "replies", "dns", "health", "options"):
        await page.goto(f"/settings/inboxes/{inbox_id}?tab={tab}")
        await expect(page.get_by_role("heading", name="Parts", level=1)).to_be_visible()
        await expect(page.locator("[aria-busy=true]")).to_have_count(0, timeout=SLOW_MS)
        chosen = page.get_by_role("navigation", name="Parts").locator("[aria-current=page]")
        await expect(chosen).to_be_in_viewport(ratio=0.9)
        await assert_open_to_everybody(page, f"mailbox-{tab}", artifacts)


async def test_a_change_is_saved_and_a_password_is_never_shown(page: Page) -> None:
    address = f"change-{(page.viewport_size or {'width': 0})['width']}@shop.example"
    inbox_id = await page.evaluate(
        """async (address) => (await (await fetch('/v1/email/mailboxes', {
             method: 'POST',
             headers: { 'content-type': 'application/json' },
             body: JSON.stringify({ name: 'Changing', address, imap_password: 'open sesame',
               incoming: { kind: 'imap', host: 'imap.shop.example', user: address } }),
           })).json()).inbox_id""",
        address,
    )
    await page.goto(f"/settings/inboxes/{inbox_id}?tab=receiving")
    kept = page.get_by_placeholder("A password is kept")
    await expect(kept).to_have_value("")

    await page.get_by_label("Server").first.fill("other.shop.example")
    await expect(page.get_by_text("Enter the password anew")).to_be_visible()
    await page.get_by_role("button", name="Discard").click()
    await page.goto(f"/settings/inboxes/{inbox_id}?tab=replies")
    await page.get_by_label("Signature").fill("Kind regards")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("button", name="Save")).to_have_count(0)
    await page.reload()

    await expect(page.get_by_label("Signature")).to_have_value("Kind regards")


async def remove(page: Page) -> None:
    """Take the inbox's address back, so that the next run may have it."""
    await page.evaluate(
        """async (address) => {
          const { items } = await (await fetch('/v1/email/mailboxes')).json()
          for (const box of items.filter((each) => each.address === address)) {
            await fetch(`/v1/email/mailboxes/${box.inbox_id}`, {
              method: 'PATCH',
              headers: { 'content-type': 'application/json' },
              body: JSON.stringify({ address: `was-${box.inbox_id}@shop.example` }),
            })
          }
        }""",
        ADDRESS,
    )
