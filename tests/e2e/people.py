"""The two people of a conversation, each at a browser of their own, by what they see and press."""

import re
from collections.abc import Awaitable, Callable
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, FrameLocator, Locator, Page, expect

from tests.e2e.desk import Desk

LIVE_MS = 5_000
"""What is live is on the other screen within this, on a machine that does many other things."""
BACK_MS = 30_000
"""What was cut off is back by itself within this."""
PHONE_PX = 900


class Visitor:
    """Somebody on the shop's page, with the chat beside it."""

    def __init__(self, page: Page, desk: Desk) -> None:
        self.page = page
        self.desk = desk
        self.bodies: list[str] = []
        page.on("response", self._heard)
        page.on("websocket", lambda socket: socket.on("framereceived", self._frame))
        self._reading: list[Callable[[], Awaitable[str]]] = []

    def _heard(self, response: object) -> None:
        url: str = response.url  # type: ignore[attr-defined]
        if "/widget/v1/" in url and "/realtime" not in url:
            self._reading.append(response.text)  # type: ignore[attr-defined]

    def _frame(self, payload: str | bytes) -> None:
        self.bodies.append(payload if isinstance(payload, str) else payload.decode())
