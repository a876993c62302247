"""Security rows 7 to 9, 29 and 30 in the running product: hostile words sent in by every door.

The browsers that read them have the content security policy switched off, so that what keeps the
words from running is the sanitiser alone.
"""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.async_api import APIResponse, Browser, BrowserContext, Dialog, Page, Request, expect

from tests.e2e.desk import Desk
from tests.e2e.people import WIDE, Visitor
from tests.e2e.screens import frame_of
from tests.kernel.test_richtext import PAYLOADS
from tests.kernel.test_richtext import WHOLE as ALL_WHOLE

# A NUL character is refused at the door; that is tested there.
WHOLE = [payload for payload in ALL_WHOLE if "\x00" not in payload]

NAME = "<img src=https://evil.example/name onerror=alert(1)>\"'><script>alert(1)</script>"
SHORT = "<svg onload=alert(1)>{{7*7}}${alert(1)}"
FILES = [
    "<img src=x onerror=alert(1)>.txt",
    '"><script>alert(1)</script>.txt',
    "a\u202etxt.exe.txt",
    "..%2f..%2fetc%2fpasswd.txt",
    "javascript:alert(1).txt",
]
# A dozen to a message, each a paragraph of its own: the words of one cannot close another's.
MESSAGES = ["\n\n".join(WHOLE[start : start + 12]) for start in range(0, len(WHOLE), 12)]
LINKS = "\n\n".join(
    f"[{scheme}]({scheme}alert(1)) <{scheme}alert(1)> ![x]({scheme}alert(1))"
    for scheme in ("javascript:", "JaVaScRiPt:", "data:text/html,", "vbscript:", "file:///")
)
END = "This was all of it."


class Guard:
    """Notes every dialog, and every request to another host, of all pages of a browser."""

    def __init__(self, context: BrowserContext, home: str) -> None:
        self.home = home
        self.deeds: list[str] = []
        context.on("dialog", self._dialog)
        context.on("request", self._request)

    async def _dialog(self, dialog: Dialog) -> None:
        self.deeds.append(f"dialog {dialog.message}")
        await dialog.dismiss()

    def _request(self, request: Request) -> None:
        own = (self.home + "/", self.home.replace("http", "ws") + "/", "data:", "blob:", "about:")
        if not request.url.startswith(own):
            self.deeds.append(f"request {request.url}")

    async def assert_quiet(self, page: Page) -> None:
        """Nothing has happened, and nothing that could happen at a press is there."""
        for frame in page.frames:
            found = await frame.evaluate(
                """() => [...document.querySelectorAll('*')].flatMap((each) => [...each.attributes]
                  .filter(({ name, value }) => /^on/i.test(name) || (
                    /^(href|src|action|formaction|data|srcdoc|xlink:href)$/i.test(name)
                    && /^[\\s\\x00-\\x1f]*(javascript|vbscript|data:text|file):/i.test(value)
                  )).map(({ name, value }) => `${each.tagName} ${name}=${value}`))"""
            )
            assert found == [], frame.url
        assert self.deeds == [], page.url


@pytest.fixture
async def quiet(
    browser: Browser, desk: Desk, cookies: Path
) -> AsyncIterator[tuple[BrowserContext, Guard]]:
    """A browser without the policy, watched."""
    context = await browser.new_context(
        base_url=desk.url,
        viewport=WIDE,
        storage_state=cookies,
        bypass_csp=True,
        reduced_motion="reduce",
    )
    yield context, Guard(context, desk.url)
    await context.close()


async def _ok(answer: APIResponse) -> dict[str, object]:
    assert answer.ok, await answer.text()
    body: dict[str, object] = await answer.json()
    return body


async def _hostile_visitor(page: Page, desk: Desk) -> str:
    """Send everything as a visitor; returns the conversation's id."""
    api = page.request
    await page.goto("/demo")
    visitor = Visitor(page, desk)
    await visitor.open()
    await visitor.say("Hello " + NAME)
    await expect(visitor.messages.locator(".me:not(.pending)").first).to_be_visible()
    token: str = await frame_of(page).evaluate(
        """() => Object.values(localStorage).map((each) => {
          try { return JSON.parse(each) } catch { return each }
        }).map((each) => each?.token ?? each).find(
          (each) => typeof each === 'string' && each.length > 30
        )"""
    )
    headers = {"authorization": f"Bearer {token}"}
    await _ok(
        await api.patch(
            "/widget/v1/visitor",
            headers=headers,
            data={"name": NAME[:80], "attributes": {"plan": NAME[:80]}},
        )
    )
    answer = await api.get("/widget/v1/conversations", headers=headers)
    body = json.loads(await answer.text())
    conversation: str = (body if isinstance(body, list) else body["items"])[0]["id"]
    path = f"/widget/v1/conversations/{conversation}/messages"
    for number, text in enumerate([*MESSAGES, LINKS]):
        data = {"client_id": f"hostile-{number}", "body": text, "attachment_ids": []}
        await _ok(await api.post(path, headers=headers, data=data))
    stored = [
        await _ok(
            await api.post(
                "/widget/v1/files",
                headers=headers,
                multipart={
                    "file": {
                        "name": name,
                        "mimeType": "text/plain",
                        "buffer": b"harmless",
                    }
                },
            )
        )
        for name in FILES
    ]
    last = {"client_id": "last", "body": END, "attachment_ids": [each["id"] for each in stored]}
    await _ok(await api.post(path, headers=headers, data=last))
    return conversation


async def _read_all(page: Page) -> None:
    """Scroll an open conversation to its beginning, where the rows are drawn as they come."""
    thread = page.get_by_role("log", name="Messages")
    await expect(thread.get_by_text(END)).to_be_visible()
    beginning = thread.get_by_text("Hello", exact=False).first
    for _ in range(60):
        if await beginning.is_visible():
            return
        await thread.evaluate("(box) => { box.scrollTop -= box.clientHeight * 0.8 }")
        await page.evaluate("() => new Promise((done) => requestAnimationFrame(() => done()))")
    raise AssertionError("The beginning did not come into sight.")


async def test_hostile_words_run_nowhere(quiet: tuple[BrowserContext, Guard], desk: Desk) -> None:
    context, guard = quiet
    shop = await context.new_page()
    conversation = await _hostile_visitor(shop, desk)
    visitor = Visitor(shop, desk)
    await expect(visitor.messages.get_by_text(END)).to_be_visible()
    await guard.assert_quiet(shop)
    await shop.close()

    page = await context.new_page()
    await page.goto(f"/inbox/all/{conversation}")
    await _read_all(page)
    await guard.assert_quiet(page)

    headers = {"origin": desk.url}
    for kind in ("note", "message"):
        data = {"client_id": f"agent-{kind}", "kind": kind, "body": WHOLE[5] + "\n\n" + LINKS}
        path = f"/v1/conversations/{conversation}/messages"
        await _ok(await page.request.post(path, headers=headers, data=data))
    await page.goto("/search?q=" + quote("<script>alert(1)</script> hostile alert"))
    await expect(page.get_by_role("main")).to_be_visible()
    await guard.assert_quiet(page)
    await page.goto("/customers?q=" + quote("evil.example"))
    await expect(page.get_by_role("main")).to_be_visible()
    await guard.assert_quiet(page)


async def test_a_hostile_article_runs_nowhere(
    quiet: tuple[BrowserContext, Guard], desk: Desk
) -> None:
    context, guard = quiet
    page = await context.new_page()
    headers = {"origin": desk.url}
    article = await _ok(
        await page.request.post(
            "/v1/articles",
            headers=headers,
            data={
                "title": SHORT,
                "slug": "hostile",
                "locale": "en",
                "summary": NAME,
                "body": "\n\n".join([*PAYLOADS, LINKS, END]).replace("\x00", ""),
            },
        )
    )
    await _ok(await page.request.post(f"/v1/articles/{article['id']}/publish", headers=headers))

    await page.goto(f"/knowledge/{article['id']}")
    await expect(page.get_by_role("textbox").first).to_be_visible()
    await guard.assert_quiet(page)
    await page.goto("/help/en/articles/hostile")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("<svg onload=alert(1)>")
    await guard.assert_quiet(page)
    await page.goto("/help/search?q=" + quote(SHORT + NAME))
    await expect(page.get_by_role("main")).to_be_visible()
    await guard.assert_quiet(page)
    await page.goto("/help/en")
    await guard.assert_quiet(page)

    deleted = await page.request.delete(f"/v1/articles/{article['id']}", headers=headers)
    assert deleted.ok
