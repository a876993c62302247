"""Every screen of the product, by name: how to come to it, and how one sees that it is there."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from playwright.async_api import Frame, Page, Route, expect

Where = Literal["console", "outside", "widget"]
Show = Callable[[Page], Awaitable[None]]

READY_MS = 20_000


@dataclass(frozen=True)
class Screen:
    """One screen. `show` brings a page to it, and waits until it is full."""

    name: str
    show: Show
    where: Where = "console"

    def __str__(self) -> str:
        return self.name


def _at(path: str, *expected: str, after: Show | None = None) -> Show:
    """Go to `path`, wait for the selectors in `expected`, then do `after`."""

    async def show(page: Page) -> None:
        await page.goto(path)
        for selector in expected:
            await expect(page.locator(selector).first).to_be_visible(timeout=READY_MS)
        if after:
            await after(page)

    return show


async def _first_id(page: Page, path: str, where: str) -> str:
    """The id of the first thing at `path` for which the JavaScript `where` holds of `it`."""
    found: str = await page.evaluate(
        """async ([path, where]) => {
          const body = await (await fetch(path)).json()
          const all = Array.isArray(body) ? body : body.items
          return all.find(new Function('it', `return ${where}`)).id
        }""",
        [path, where],
    )
    return found


def _first(path: str, thing: str, where: str, *expected: str, after: Show | None = None) -> Show:
    async def show(page: Page) -> None:
        await page.goto("/favicon.svg")
        found = await _first_id(page, thing, where)
        await _at(path.format(found), *expected, after=after)(page)

    return show


async def _palette(page: Page) -> None:
    await page.keyboard.press("Control+k")
    await page.keyboard.type("tent")
    await expect(page.get_by_role("dialog")).to_be_visible()


async def _help(page: Page) -> None:
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog")).to_be_visible()


async def _why(page: Page) -> None:
    await page.get_by_role("button", name="Why").last.click()
    await expect(page.get_by_text("What it found")).to_be_visible()


async def _note(page: Page) -> None:
    await page.keyboard.press("n")
    await page.keyboard.type("Ask the workshop first.")


async def _snooze(page: Page) -> None:
    await page.keyboard.press("s")
    await expect(page.get_by_text("Another moment")).to_be_visible()


TALKED = "it.customer.email && it.last_seq >= 6"
ANSWERED = "it.handler === 'assistant' && it.last_seq > 1"
THREAD = "[role=log] [data-voice]"
ROWS = "[data-scroller] a"


def _conversation(after: Show | None = None, where: str = ANSWERED) -> Show:
    path = "/v1/conversations?view=all&limit=50"
    show = _first("/inbox/all/{}", path, where, THREAD)

    async def shown(page: Page) -> None:
        await show(page)
        if page.viewport_size and page.viewport_size["width"] >= 900:
            await expect(page.locator("aside dl").first).to_be_visible(timeout=READY_MS)
        if after:
            await after(page)

    return shown


def frame_of(page: Page) -> Frame:
    """The widget's own page."""
    return next(frame for frame in page.frames if "/widget/frame" in frame.url)


async def open_chat(page: Page) -> None:
    await page.locator("rapport-chat button").click()
    chat = page.frame_locator("rapport-chat iframe")
    await expect(chat.get_by_role("textbox", name="Message")).to_be_visible(timeout=READY_MS)


async def _ask(page: Page) -> None:
    await open_chat(page)
    chat = page.frame_locator("rapport-chat iframe")
    field = chat.get_by_role("textbox", name="Message")
    await field.fill("How do I clean my tent?")
    await field.press("Enter")
    await expect(
        chat.locator(".message.assistant .files, .message.assistant a").first
    ).to_be_visible(timeout=READY_MS)


async def _home(page: Page) -> None:
    await _ask(page)
    chat = page.frame_locator("rapport-chat iframe")
    await chat.get_by_role("button", name="Back to conversations").click()
    await expect(chat.get_by_role("heading", name="Conversations")).to_be_visible()


def in_arabic(show: Show) -> Show:
    """The same with the widget in Arabic, as a page asks for it by `data-locale`."""

    async def translate(route: Route) -> None:
        answer = await route.fetch()
        body = (await answer.text()).replace("data-key=", 'data-locale="ar" data-key=')
        await route.fulfill(response=answer, body=body)

    async def shown(page: Page) -> None:
        await page.route("**/demo", translate)
        await show(page)

    return shown


async def _open_arabic(page: Page) -> None:
    await page.locator("rapport-chat button").click()
    chat = page.frame_locator("rapport-chat iframe")
    await expect(chat.get_by_role("textbox")).to_be_visible(timeout=READY_MS)


SETTINGS = [
    Screen(f"settings-{name}", _at(f"/settings/{name}", "main header h1", "main header ~ *"))
    for name in (
        "profile",
        "workspace",
        "inboxes",
        "people",
        "teams",
        "api-keys",
        "privacy",
        "audit",
        "security",
        "sign-in",
        "attributes",
        "tracking",
        "intents",
        "labelling",
        "triage-models",
        "language-models",
    )
] + [
    Screen(
        f"settings-inbox-{tab}",
        _first(
            f"/settings/inboxes/{{}}?tab={tab}",
            "/v1/inboxes",
            "it.name === 'Web shop'",
            "main header ~ nav + *",
        ),
    )
    for tab in ("look", "intro", "install", "assistant", "more")
]
SETTINGS.append(
    Screen("settings-new-mailbox", _at("/settings/inboxes/new-email", "main header ~ ol"))
)

CONSOLE = [
    Screen("inbox", _at("/inbox/all", ROWS)),
    Screen("conversation", _conversation(where=TALKED)),
    Screen("why-the-assistant-said-so", _conversation(_why)),
    Screen("note", _conversation(_note)),
    Screen("snooze", _conversation(_snooze)),
    Screen("search", _at("/search?q=tent", "main a")),
    Screen("palette", _at("/inbox/all", ROWS, after=_palette)),
    Screen("help-sheet", _at("/inbox/all", ROWS, after=_help)),
    Screen("knowledge", _at("/knowledge", "main a")),
    Screen(
        "knowledge-editor",
        _first("/knowledge/{}", "/v1/articles?q=choose", "it.slug === 'choose-a-tent'", "textarea"),
    ),
    Screen("customers", _at("/customers", "main a")),
    Screen(
        "customer",
        _first(
            "/customers/{}", "/v1/customers", "it.company && it.conversation_count > 2", "main dl"
        ),
    ),
    Screen("assistant", _at("/assistant", "main figure")),
    Screen("assistant-gaps", _at("/assistant/gaps", "main a[data-row]")),
    Screen("assistant-answers", _at("/assistant/answers", "main h1", "main ul > li")),
    Screen("recurring-issues", _at("/recurring", "main a")),
    Screen("knowledge-sources", _at("/knowledge/sources", "main h1", "main button")),
    Screen("companies", _at("/companies", "main h1")),
    Screen("duplicates", _at("/duplicates", "main h1")),
    Screen("imports", _at("/imports", "main h1", "section button")),
    *SETTINGS,
]

OUTSIDE = [
    Screen("sign-in", _at("/sign-in", "form"), "outside"),
    Screen("reset", _at("/reset", "form"), "outside"),
    Screen("demo-shop", _at("/demo", "rapport-chat button", "main"), "outside"),
    Screen("demo-product", _at("/demo/products/jotun-2", "rapport-chat button"), "outside"),
    Screen("help-centre", _at("/help/en", "main"), "outside"),
    Screen(
        "help-article",
        _at("/help/en/articles/delivery-times-and-costs", "main h1", "main table"),
        "outside",
    ),
    Screen("help-search", _at("/help/search?q=tent", "main a"), "outside"),
    Screen("help-centre-arabic", _at("/help/ar", "html[dir=rtl] main"), "outside"),
    Screen("widget-new", _at("/demo", after=open_chat), "widget"),
    Screen("widget-conversation", _at("/demo", after=_ask), "widget"),
    Screen("widget-home", _at("/demo", after=_home), "widget"),
    Screen("widget-arabic", in_arabic(_at("/demo", after=_open_arabic)), "widget"),
]
