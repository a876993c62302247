"""Language models on the screen: tried, in order, within budgets, what they did, and why."""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, Route, expect

from tests.e2e.axe import AXE, serious
from tests.e2e.conftest import sign_in
from tests.e2e.desk import Desk
from tests.e2e.people import PHONE, WIDE
from tests.e2e.pictures import picture
from tests.models_simulator import KEY, ModelsSimulator, Say

READY_MS = 20_000
ANSWER = "00000000-0000-4000-8000-000000000001"
OTHER = "00000000-0000-4000-8000-000000000002"
PATH = "/settings/language-models"
QUESTION = "How do I clean my tent? I am reached at ada@example.com."
CLEANING = "Clean your tent with lukewarm water and a sponge. Let the tent dry before you pack it."
NO_LIMITS = {"currency": "EUR", "seconds": 8}


class DeskBesideModels(Desk):
    """A Rapport that may call the simulated models on this machine."""

    def __init__(self, simulator: ModelsSimulator) -> None:
        super().__init__()
        self._simulator = simulator

    @property
    def environment(self) -> dict[str, str]:
        allowed = json.dumps([self._simulator.pair])
        return super().environment | {"RAPPORT_EGRESS_ALLOW": allowed}


@pytest.fixture(scope="module")
async def simulator() -> AsyncIterator[ModelsSimulator]:
    async with ModelsSimulator() as simulator:
        simulator.otherwise = Say("ready", input_tokens=20, output_tokens=5)
        yield simulator


@pytest.fixture(scope="module")
async def desk(simulator: ModelsSimulator) -> AsyncIterator[Desk]:
    desk = DeskBesideModels(simulator)
    try:
        desk.start()
        yield desk
    finally:
        desk.close()


@pytest.fixture(scope="module")
async def cookies(browser: Browser, desk: Desk) -> Path:
    context = await browser.new_context(base_url=desk.url)
    await sign_in(await context.new_page(), desk)
    path = desk.data_dir / "cookies.json"
    await context.storage_state(path=path)
    await context.close()
    return path


@pytest.fixture(params=["1440", "390", "1440-ar", "390-ar"])
async def page(
    request: pytest.FixtureRequest, browser: Browser, desk: Desk, cookies: Path
) -> AsyncIterator[Page]:
    """The owner's page: on a desk and on a phone, also from right to left."""
    context = await browser.new_context(
        base_url=desk.url,
        storage_state=cookies,
        viewport=PHONE if request.param.startswith("390") else WIDE,
        reduced_motion="reduce",
        locale="en-GB",
    )
    await context.add_init_script(path=AXE)
    if request.param.endswith("ar"):
        await context.add_init_script("localStorage.setItem('rapport.locale', 'ar')")
    yield await context.new_page()
    await context.close()


on_a_desk = pytest.mark.parametrize("page", ["1440"], indirect=True)


async def send(page: Page, method: str, path: str, body: Any) -> Any:
    """What the API answers to the page's own session."""
    return await page.evaluate(
        """async ([method, path, body]) => {
          const headers = { 'content-type': 'application/json' }
          return (await fetch(path, { method, headers, body: JSON.stringify(body) })).json()
        }""",
        [method, path, body],
    )


async def set_up(page: Page, *models: dict[str, Any], **limits: Any) -> None:
    """Use these models and no others."""
    if not page.url.startswith("http"):
        await page.goto("/favicon.svg")
    wanted = {"models": models, "limits": NO_LIMITS | limits}
    told = await send(page, "PUT", "/v1/assistant/models", wanted)
    assert "models" in told, told


def described(simulator: ModelsSimulator, name: str, price: str = "0") -> dict[str, Any]:
    """A model of the simulator as the API takes it."""
    is_claude = name.startswith("claude")
    return {
        "protocol": "anthropic" if is_claude else "openai",
        "base_url": simulator.anthropic_url if is_claude else simulator.base_url,
        "model": name,
        "api_key": KEY,
        "input_price": price,
        "output_price": price,
    }


async def show(page: Page) -> None:
    """Open the screen and wait until it is full."""
    await page.goto(PATH)
    await expect(page.locator("main header h1")).to_be_visible(timeout=READY_MS)
    await expect(page.locator("main [aria-busy=true]")).to_have_count(0, timeout=READY_MS)


async def is_sound(page: Page, artifacts: Path, name: str) -> None:
    """No serious barrier, nothing beside the screen; pictures in both themes."""
    assert await serious(page) == []
    overflow = await page.evaluate(
        "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert overflow <= 0
    width = (page.viewport_size or {"width": 0})["width"]
    direction = await page.evaluate("() => document.documentElement.dir || 'ltr'")
    await picture(page, artifacts / f"language-models-{name}-{width}-{direction}.png")


async def test_without_a_model_it_says_that_rapport_works_without_one(
    page: Page, artifacts: Path
) -> None:
    await set_up(page)
    await show(page)

    await expect(page.locator("main h2").first).to_be_visible()
    await expect(page.locator("main ol")).to_have_count(0)
    await is_sound(page, artifacts, "empty")


@on_a_desk
async def test_a_model_is_tried_and_added_and_its_key_never_shown(
    page: Page, simulator: ModelsSimulator
) -> None:
    await set_up(page)
    await show(page)
    await expect(page.get_by_text("Rapport works without one", exact=True)).to_be_visible()
    await page.get_by_role("button", name="Add a model").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Address").fill(simulator.base_url)
    await dialog.get_by_role("textbox", name="Model", exact=True).fill("tiny")
    await dialog.get_by_label("Key", exact=True).fill("sk-wrong")
    await dialog.get_by_role("button", name="Try it").click()
    await expect(dialog.get_by_text("does not know this key")).to_be_visible()

    await dialog.get_by_label("Key", exact=True).fill(KEY)
    await dialog.get_by_label("Price of what is sent").fill("100")
    await dialog.get_by_label("Currency").select_option("EUR")
    assert await serious(page) == []
    await dialog.get_by_role("button", name="Try it again").click()
    await expect(dialog.get_by_text("It answers")).to_be_visible()
    await expect(dialog.get_by_text(re.compile(r"ms, 20 tokens sent, 5 answered"))).to_be_visible()
    await dialog.get_by_role("button", name="Save").click()

    await expect(dialog).to_have_count(0)
    row = page.get_by_role("list", name="Models").get_by_role("listitem")
    await expect(row).to_contain_text("Key is set")
    await row.get_by_role("button", name="Change tiny").click()
    await expect(dialog.get_by_text("A key is set. It is never shown again.")).to_be_visible()
    assert KEY not in await page.content()


@on_a_desk
async def test_the_order_is_changed_by_keyboard_and_stays(
    page: Page, simulator: ModelsSimulator
) -> None:
    await set_up(page, described(simulator, "tiny"), described(simulator, "claude-tiny"))
    await show(page)
    rows = page.get_by_role("list", name="Models").get_by_role("listitem")

    await page.get_by_role("button", name="Ask claude-tiny earlier").focus()
    async with page.expect_response(lambda answer: answer.request.method == "PUT"):
        await page.keyboard.press("Enter")

    await expect(rows.first).to_contain_text("claude-tiny")
    await expect(page.get_by_role("button", name="Ask claude-tiny later")).to_be_focused()
    await page.reload()
    await expect(rows.first).to_contain_text("claude-tiny", timeout=READY_MS)

    await rows.first.get_by_role("button", name="Remove claude-tiny").click()
    await page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    await expect(rows).to_have_count(1)


@on_a_desk
async def test_budgets_are_kept_and_a_refusal_is_said(
    page: Page, simulator: ModelsSimulator
) -> None:
    await set_up(page, described(simulator, "tiny", "2"))
    await show(page)

    await page.get_by_label("Tokens for a day").fill("5000")
    await page.get_by_label("Longest wait in seconds").fill("4")
    await page.get_by_role("button", name="Save").click()

    await expect(page.get_by_text("You have unsaved changes.")).to_have_count(0)
    told = await page.evaluate("async () => (await fetch('/v1/assistant/models')).json()")
    assert (told["limits"]["day_tokens"], told["limits"]["seconds"]) == (5000, 4)
    assert told["models"][0]["has_key"]


async def test_what_models_did_is_shown_with_its_cost(
    page: Page, artifacts: Path, simulator: ModelsSimulator
) -> None:
    models = [described(simulator, "tiny", "150"), described(simulator, "claude-tiny")]
    await set_up(page, *models, day_tokens=100_000, month_tokens=9_000, day_cost="25")
    article = {"title": "Clean your tent", "body": CLEANING, "status": "published"}
    await send(page, "POST", "/v1/articles", article)
    inbox = await send(page, "POST", "/v1/inboxes", {"name": "Shop", "channel": "webchat"})
    asked = {"inbox_id": inbox["id"], "question": QUESTION}
    tried = await send(page, "POST", "/v1/assistant/try", asked)
    assert "model_ms" in tried["timings"], tried
    await show(page)

    calls = page.locator("main section").last.get_by_role("listitem")
    await expect(calls.first).to_contain_text("tiny @ 127.0.0.1")
    await expect(calls.first).to_contain_text("€")
    await is_sound(page, artifacts, "used")


async def test_an_answer_tells_by_what_means_it_was_found_and_worded(
    page: Page, artifacts: Path
) -> None:
    answer: dict[str, Any] = {
        "id": ANSWER,
        "conversation_id": ANSWER,
        "message_id": None,
        "question": QUESTION,
        "decision": "answered",
        "reason": "confident",
        "confidence": 0.91,
        "mode": "hybrid",
        "wording": "configured",
        "model": "large",
        "timings": {"retrieve_ms": 12.4, "compose_ms": 830.2, "model_ms": 812.0},
        "candidates": [],
        "created_at": "2026-01-05T09:00:00Z",
    }
    by_itself = answer | {"wording": "embedded", "model": None}

    async def tell(route: Route) -> None:
        await route.fulfill(json={"items": [answer, by_itself | {"id": OTHER}], "next": None})

    await page.route(re.compile(r"/v1/assistant/answers"), tell)
    await page.goto("/assistant/answers")
    rows = page.locator("main summary[data-row]")
    await expect(rows).to_have_count(2, timeout=READY_MS)

    for row in await rows.all():
        await row.click()

    await expect(page.locator("main details[open] dl dt")).to_have_count(10)
    await is_sound(page, artifacts, "why")
