"""The browser of `rapport bench console`, in a process of its own; it needs Playwright.

Reads what to do as JSON from its standard input and answers as JSON on its standard output.
"""

import asyncio
import http.server
import json
import os
import statistics
import sys
import threading
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from playwright.async_api import Browser, BrowserContext, CDPSession, Page, async_playwright

CHROMIUM: Final = os.environ.get("RAPPORT_CHROMIUM", "/usr/bin/chromium")
FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
NETWORK: Final = {
    "offline": False,
    "latency": 150,  # ms from a request to the first byte of its answer
    "downloadThroughput": 1_600_000 / 8,  # bytes/s
    "uploadThroughput": 750_000 / 8,
}
"""Fast 3G: 1.6 Mbit/s down, 750 kbit/s up, 150 ms a round trip, without a request's extra delay."""
SLOWER: Final = 4
"""How many times slower the browser's processor is made."""
VIEWPORT: Final = {"width": 1280, "height": 800}
SCROLLED: Final = 10_000
PLAIN_ROWS: Final = 2_000
"""How many the page has that scrolling is compared with; all of them are in its document."""
PATIENCE_S: Final = 60
PROBE: Final = Path(__file__).with_name("console_probe.js").read_text()
BARE: Final = """<!doctype html><title>Bare</title>
<style>body{margin:0}div{height:800px;overflow:auto}li{height:84px}</style>
<div data-scroller><ul></ul></div><script>
const list = document.querySelector('ul')
for (let i = 0; i < ROWS; i++) {
  const row = document.createElement('li')
  row.id = 'row-' + i
  row.textContent = 'Customer ' + i
  row.style.contentVisibility = 'auto'
  list.append(row)
}
</script>"""


async def measure(plan: dict[str, Any]) -> dict[str, Any]:
    """Visit and scroll; milliseconds count from the start of the navigation."""
    origin = f"http://127.0.0.1:{plan['port']}"
    rows = min(SCROLLED, int(plan["rows"] * 0.88))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        visits, bare = [], []
        with _bare_page(50) as short, _bare_page(PLAIN_ROWS) as long:
            for _ in range(plan["rounds"]):
                visits.append(await _visit(browser, plan, f"{origin}/inbox/all"))
                bare.append(await _visit(browser, plan, short))
            down, up = await _scroll(browser, plan, f"{origin}/inbox/resolved", rows)
            _, plain = await _scroll(browser, plan, long, min(rows, PLAIN_ROWS))
        await browser.close()
    return {
        "interactive_ms": _median(visits, "interactive_ms"),
        "interactive_ms_max": max(visit["interactive_ms"] for visit in visits),
        "first_paint_ms": _median(visits, "first_paint_ms"),
        "quiet_ms": _median(visits, "quiet_ms"),
        "bytes": _median(visits, "bytes"),
        "requests": _median(visits, "requests"),
        "bare_interactive_ms": _median(bare, "interactive_ms"),
        "scrolled": up["rows"],
        "scroll_dropped": up["dropped"],
        "scroll_frames": up["frames"],
        "scroll_long_tasks": up["long_tasks"],
        "scroll_worst_ms": up["worst_ms"],
        "first_scroll_dropped": down["dropped"],
        "first_scroll_frames": down["frames"],
        "first_scroll_long_tasks": down["long_tasks"],
        "first_scroll_worst_ms": down["worst_ms"],
        "bare_scroll_dropped": plain["dropped"],
        "bare_scroll_frames": plain["frames"],
        "cpu_slowdown": SLOWER,
        "network": "1.6 Mbit/s down, 750 kbit/s up, 150 ms",
    }


def _median(visits: list[dict[str, float]], key: str) -> float:
    return round(statistics.median(visit[key] for visit in visits), 1)


async def _visit(browser: Browser, plan: dict[str, Any], url: str) -> dict[str, float]:
    """Open a page with an empty cache, and wait until its list can be used and all is quiet."""
    context, page, cdp = await _open(browser, plan)
    received = {"bytes": 0.0, "requests": 0.0}

    def count(event: dict[str, Any]) -> None:
        received["bytes"] += event["encodedDataLength"]
        received["requests"] += 1

    cdp.on("Network.loadingFinished", count)
    await cdp.send("Network.emulateNetworkConditions", NETWORK)
    await cdp.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    await page.goto(url, wait_until="commit")
    await _soon(page.evaluate("window.probe.interactive()"))
    received_then = dict(received)
    await _soon(page.evaluate("window.probe.quiet()"))
    found: dict[str, float] = await page.evaluate("window.probe.result()")
    await context.close()
    return {**found, **received_then}


async def _scroll(
    browser: Browser, plan: dict[str, Any], url: str, rows: int
) -> tuple[dict[str, float], dict[str, float]]:
    """Scroll a list down to its `rows`th row, which loads it, and up again."""
    context, page, _ = await _open(browser, plan)
    await page.goto(url)
    await _soon(page.evaluate("window.probe.interactive()"))
    await _soon(page.evaluate("window.probe.quiet()"))
    down: dict[str, float] = await page.evaluate(f"window.probe.scroll({rows}, 1)")
    up: dict[str, float] = await page.evaluate(f"window.probe.scroll({rows}, -1)")
    await context.close()
    return down, up


async def _soon(answer: Awaitable[object]) -> None:
    """Wait, but not for ever: a page that shows no list fails the run."""
    async with asyncio.timeout(PATIENCE_S):
        await answer


async def _open(browser: Browser, plan: dict[str, Any]) -> tuple[BrowserContext, Page, CDPSession]:
    context = await browser.new_context(
        viewport={"width": VIEWPORT["width"], "height": VIEWPORT["height"]}, locale="en"
    )
    await context.add_cookies(
        [{"name": "rapport_session", "value": plan["token"], "domain": "127.0.0.1", "path": "/"}]
    )
    await context.add_init_script(PROBE)
    page = await context.new_page()
    cdp = await context.new_cdp_session(page)
    await cdp.send("Network.enable")
    return context, page, cdp


@contextmanager
def _bare_page(rows: int) -> Iterator[str]:
    """The reference: a page that is nothing but as many rows, on a server that does nothing."""
    body = BARE.replace("ROWS", str(rows)).encode()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asyncio.run(measure(json.load(sys.stdin)))))
