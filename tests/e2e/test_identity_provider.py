"""Signing in by one's organisation, set up in the browser as `docs/howto/secure.md` says."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Page, expect

from rapport.kernel.context import utc_now
from tests.e2e.conftest import sign_in
from tests.e2e.desk import Desk
from tests.e2e.people import WIDE
from tests.e2e.pictures import picture
from tests.make.openid import CLIENT_ID, CLIENT_SECRET, Provider
from tests.make.openid import running as answering
from tests.scale.servers import running

READY_MS = 20_000


class TrustingDesk(Desk):
    """A Rapport that may reach the provider, and knows where people reach itself."""

    def __init__(self, provider: Provider) -> None:
        super().__init__()
        self._provider = provider

    @property
    def environment(self) -> dict[str, str]:
        """See `Desk.environment`."""
        return super().environment | {
            "RAPPORT_EGRESS_ALLOW": json.dumps([urlsplit(self._provider.issuer).netloc]),
            "RAPPORT_PUBLIC_URL": self.url,
        }


@pytest.fixture(scope="module")
async def provider() -> AsyncIterator[Provider]:
    claims = {"email": "nora@corp.example", "name": "Nora New"}
    async with answering(Provider(now=utc_now, claims=claims)) as provider:
        yield provider


@pytest.fixture(scope="module")
async def trusting(provider: Provider) -> AsyncIterator[TrustingDesk]:
    with running(TrustingDesk(provider)) as desk:
        yield desk


async def _page(browser: Browser, desk: Desk) -> Page:
    context = await browser.new_context(
        base_url=desk.url, viewport=WIDE, locale="en-GB", reduced_motion="reduce"
    )
    return await context.new_page()


async def test_an_owner_sets_it_up_and_a_colleague_comes_in_by_the_button(
    browser: Browser, trusting: TrustingDesk, provider: Provider, artifacts: Path
) -> None:
    owner = await _page(browser, trusting)
    await sign_in(owner, trusting)
    await owner.goto("/settings/sign-in")
    await owner.get_by_label("Name").fill("Corp")
    await owner.get_by_label("Issuer").fill(provider.issuer)
    await owner.get_by_label("Client ID").fill(CLIENT_ID)
    await owner.get_by_label("Client secret").fill(CLIENT_SECRET)
    await owner.get_by_role("combobox", name="E-mail domains").fill("corp.example")
    await owner.keyboard.press("Enter")
    await owner.get_by_label("Whoever comes for the first time").select_option("agent")
    await owner.get_by_role("button", name="Test the address").click()
    await expect(owner.get_by_text("The provider answers as it should.")).to_be_visible()
    await owner.get_by_role("button", name="Save", exact=True).click()
    await expect(owner.get_by_text(f"{trusting.url}/v1/auth/oidc/")).to_be_visible()
    await picture(owner, artifacts / "identity-provider.png")

    colleague = await _page(browser, trusting)
    await colleague.goto("/sign-in")
    await colleague.get_by_role("button", name="Sign in with Corp").click()

    await colleague.wait_for_url("**/inbox/**", timeout=READY_MS)
    me = await (await colleague.request.get("/v1/me")).json()
    assert (me["user"]["name"], me["role"]) == ("Nora New", "agent")
    for page in (owner, colleague):
        await page.context.close()
