"""The two people of a conversation, each at a browser of their own, by what they see and press."""

from typing import Literal

from playwright.async_api import (
    Browser,
    BrowserContext,
    Error,
    FrameLocator,
    Locator,
    Page,
    Response,
    ViewportSize,
    WebSocket,
    expect,
)

from tests.e2e.desk import Desk

LIVE_MS = 10_000
"""What is live is on the other screen within this, on a machine that does many other things."""
BACK_MS = 40_000
"""What was cut off is back by itself within this."""

Scheme = Literal["light", "dark"]
WIDE: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}


class Visitor:
    """Somebody on the shop's page, with the chat on it."""

    def __init__(self, page: Page, desk: Desk) -> None:
        self.desk = desk
        self.heard: list[str] = []
        """Everything that the server has told their browser about conversations."""
        self.take(page)

    def take(self, page: Page) -> None:
        """Go on in another tab."""
        self.page = page
        page.on("response", self._response)
        page.on("websocket", self._socket)

    async def _response(self, response: Response) -> None:
        if "/widget/v1/" not in response.url:
            return
        try:
            self.heard.append(await response.text())
        except Error:
            self.heard.append("")  # the page went away before its body came

    def _socket(self, socket: WebSocket) -> None:
        socket.on(
            "framereceived",
            lambda frame: self.heard.append(frame if isinstance(frame, str) else frame.decode()),
        )

    async def visit(self) -> None:
        await self.page.goto(self.desk.url + "/demo")
        await expect(self.launcher).to_be_visible()

    @property
    def launcher(self) -> Locator:
        return self.page.locator("rapport-chat button")

    @property
    def chat(self) -> FrameLocator:
        return self.page.frame_locator("rapport-chat iframe")

    @property
    def messages(self) -> Locator:
        return self.chat.get_by_role("region", name="Messages")

    async def open(self) -> None:
        await self.launcher.click()
        await expect(self.chat.get_by_role("main")).to_be_visible()

    async def write(self, text: str) -> None:
        """Type without sending."""
        await self.chat.get_by_role("textbox", name="Message").press_sequentially(text)

    async def say(self, text: str) -> None:
        field = self.chat.get_by_role("textbox", name="Message")
        await field.fill(text)
        await field.press("Enter")

    async def html(self) -> str:
        """All that is in the widget's page."""
        return await self.chat.locator("html").inner_html()


class Agent:
    """Somebody of the team in the console."""

    def __init__(self, page: Page, desk: Desk) -> None:
        self.page = page
        self.desk = desk

    @property
    def is_phone(self) -> bool:
        size = self.page.viewport_size
        return size is not None and size["width"] < 900

    @property
    def list(self) -> Locator:
        return self.page.locator("[data-scroller]")

    @property
    def thread(self) -> Locator:
        return self.page.get_by_role("log", name="Messages")

    @property
    def customer(self) -> Locator:
        return self.page.get_by_role("complementary", name="Customer")

    def row(self, text: str) -> Locator:
        return self.list.get_by_role("link").filter(has_text=text)

    async def visit(self, path: str = "/inbox/all") -> None:
        await self.page.goto(self.desk.url + path)

    async def write(self, text: str) -> Locator:
        """Type a reply without sending."""
        field = self.page.get_by_role("textbox", name="Reply to the customer")
        await field.fill("")
        await field.press_sequentially(text)
        return field

    async def reply(self, text: str) -> None:
        field = self.page.get_by_role("textbox", name="Reply to the customer")
        await field.fill(text)
        await field.press("Control+Enter")

    async def note(self, text: str) -> None:
        composer = self.page.get_by_role("region", name="Write")
        await composer.get_by_text("Note", exact=True).click()
        await self.page.get_by_role("textbox", name="Note for the team").fill(text)
        await composer.get_by_role("button", name="Add note").click()
        await composer.get_by_text("Reply", exact=True).click()


async def person(
    browser: Browser, viewport: ViewportSize, scheme: Scheme, state: str | None = None
) -> BrowserContext:
    """A browser of one's own; `state` is a file with cookies to begin with."""
    return await browser.new_context(
        viewport=viewport,
        color_scheme=scheme,
        storage_state=state,
        locale="en-GB",
        timezone_id="Europe/Berlin",
        reduced_motion="reduce",
        bypass_csp=False,
    )
