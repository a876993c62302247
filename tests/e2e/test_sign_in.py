"""Signing in as people do: password and code, passkey, a workspace that asks for both factors."""

import re
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import pyotp
import pytest
from playwright.async_api import Browser, CDPSession, Page, Route, expect

from tests.e2e.axe import AXE, serious
from tests.e2e.desk import Desk
from tests.e2e.people import PHONE, WIDE

PASSWORD = "seven green kettles whistle"
READY_MS = 20_000


class NamedDesk(Desk):
    """At a name: browsers offer passkeys to no bare address."""

    def __init__(self) -> None:
        super().__init__()
        self.url = self.url.replace("127.0.0.1", "localhost")

    @property
    def environment(self) -> dict[str, str]:
        """See `Desk.environment`."""
        return super().environment | {"RAPPORT_PUBLIC_URL": self.url}


@pytest.fixture(scope="module")
def named() -> Iterator[NamedDesk]:
    desk = NamedDesk()
    try:
        desk.start()
        yield desk
    finally:
        desk.close()


@dataclass
class Seat:
    """Somebody at a browser that has a security key inside."""

    page: Page
    chip: CDPSession
    desk: NamedDesk
    key: str

    async def touch(self, *, is_there: bool) -> None:
        """Whether a finger is on the security key."""
        await self.chip.send(
            "WebAuthn.setAutomaticPresenceSimulation",
            {"authenticatorId": self.key, "enabled": is_there},
        )

    async def enter(self, email: str) -> None:
        """Come in by a one-time link."""
        link = self.desk.command("user", "link", email).strip().splitlines()[-1]
        await self.page.goto(link)

    async def open_security(self) -> None:
        await self.page.goto("/settings/security")
        await expect(self.page.get_by_role("heading", name="Passkeys")).to_be_visible(
            timeout=READY_MS
        )

    async def choose_password(self) -> None:
        await self.open_security()
        await self.page.get_by_label("New password").fill(PASSWORD)
        await self.page.get_by_role("button", name="Change the password").click()
        await expect(self.page.get_by_text("Your password is changed")).to_be_visible()

    async def sign_out(self) -> None:
        answer = await self.page.request.post(
            "/v1/auth/sign-out", headers={"origin": self.desk.url}
        )
        assert answer.status == 204

    async def give_password(self, email: str) -> None:
        await self.page.goto("/sign-in")
        await self.page.get_by_label("E-mail").fill(email)
        await self.page.locator("input[name=password]").fill(PASSWORD)
        await self.page.get_by_role("button", name="Sign in", exact=True).click()

    async def is_in(self) -> None:
        await self.page.wait_for_url("**/inbox/**", timeout=READY_MS)


@pytest.fixture
async def seat(browser: Browser, named: NamedDesk) -> AsyncIterator[Seat]:
    context = await browser.new_context(
        base_url=named.url, viewport=WIDE, locale="en-GB", reduced_motion="reduce"
    )
    await context.add_init_script(path=AXE)
    page = await context.new_page()
    chip = await context.new_cdp_session(page)
    await chip.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = await chip.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield Seat(page, chip, named, made["authenticatorId"])
    await context.close()


async def _fits_a_phone(page: Page) -> None:
    """Nothing sticks out sideways."""
    await page.set_viewport_size(PHONE)
    width = await page.evaluate("() => document.documentElement.scrollWidth")
    assert width <= PHONE["width"]
    await page.set_viewport_size(WIDE)


async def _set_up(page: Page) -> str:
    """Turn an authenticator on; its secret."""
    shown = await page.locator("code[dir=ltr]").first.text_content()
    secret = re.sub(r"\s", "", shown or "")
    await page.get_by_label("Six digits").fill(pyotp.TOTP(secret).now())
    assert await serious(page) == []
    await page.get_by_role("button", name="Check and turn on").click()
    await expect(page.get_by_role("list", name="Recovery codes").locator("li")).to_have_count(10)
    assert await serious(page) == []
    await page.get_by_role("button", name="I have kept them").click()
    return secret


def _next_code(secret: str) -> str:
    """The code after the one that was just used; a clock half a minute ahead shows it already."""
    return pyotp.TOTP(secret).at(int(time.time()) + 30)


async def test_a_password_and_then_a_code(seat: Seat) -> None:
    page, email = seat.page, "carla@example.com"
    seat.desk.command("user", "create", email, "--name", "Carla")
    await seat.enter(email)
    await seat.is_in()
    await seat.choose_password()
    await page.get_by_role("button", name="Set up", exact=True).click()
    await page.get_by_role("button", name="Set up an authenticator").click()
    secret = await _set_up(page)
    await expect(page.get_by_text("10 recovery codes left")).to_be_visible()
    assert await serious(page) == []
    await _fits_a_phone(page)

    await seat.sign_out()
    await seat.give_password(email)
    await expect(page.get_by_role("heading", name="Second step")).to_be_visible()
    assert await serious(page) == []
    await page.get_by_label("Code").fill("000000")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert")).to_have_text(re.compile("not right"))
    await page.get_by_label("Code").fill(_next_code(secret))
    await page.keyboard.press("Enter")
    await seat.is_in()


async def test_a_passkey_without_a_password(seat: Seat) -> None:
    page, email = seat.page, "paula@example.com"
    seat.desk.command("user", "create", email, "--name", "Paula")
    await seat.enter(email)
    await seat.is_in()
    await seat.open_security()
    await page.get_by_role("button", name="Add a passkey").click()
    await page.get_by_label("Name of the passkey").fill("This computer")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("This computer")).to_be_visible()
    await expect(page.get_by_role("dialog")).not_to_be_visible()
    assert await serious(page) == []

    await seat.sign_out()
    await seat.touch(is_there=False)
    await page.goto("/sign-in")
    button = page.get_by_role("button", name="Sign in with a passkey")
    await expect(button).to_be_visible()
    assert await serious(page) == []
    await _fits_a_phone(page)

    async def touched(route: Route) -> None:  # after the click, and before the browser asks for it
        await seat.touch(is_there=True)
        await route.continue_()

    await page.route("**/v1/auth/passkey/options", touched, times=1)
    await button.click()
    await seat.is_in()

    await seat.sign_out()
    await page.goto("/sign-in")
    await seat.is_in()  # chosen among the suggestions for the e-mail field

    await seat.open_security()
    await page.get_by_role("button", name="Actions for This computer").click()
    await page.get_by_role("menuitem", name="Remove").click()
    await page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    await expect(page.get_by_text("The passkey is removed")).to_be_visible()
    await seat.sign_out()
    await page.goto("/sign-in")
    await button.click()
    await expect(page.get_by_role("alert")).to_have_text(re.compile("not accepted"))


async def test_a_workspace_that_asks_everybody_for_a_second_factor(seat: Seat) -> None:
    page, email = seat.page, "nora@example.com"
    seat.desk.command("user", "create", email, "--name", "Nora")
    link = seat.desk.command("user", "link", "--owner").strip().splitlines()[-1]
    await page.goto(link)
    await seat.is_in()
    await page.goto("/settings/sign-in")
    wish = page.get_by_role("switch", name="Ask everybody for a second factor")
    await wish.click()
    await expect(page.get_by_text("Saved")).to_be_visible()
    await expect(wish).to_be_checked()
    assert await serious(page) == []
    await _fits_a_phone(page)
    try:
        await seat.sign_out()
        await seat.enter(email)
        await expect(page.get_by_role("heading", name="One more step")).to_be_visible(
            timeout=READY_MS
        )
        assert await serious(page) == []
        await page.goto("/inbox/all")
        await expect(page.get_by_role("heading", name="One more step")).to_be_visible()
        await page.get_by_role("button", name="Set up an authenticator").click()
        await _set_up(page)
        await seat.is_in()
    finally:
        await page.request.patch(
            "/v1/workspace", data={"settings": {"sign_in": {"require_second_factor": False}}}
        )
