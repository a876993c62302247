"""Browser tests: a real Chromium against a real Rapport with the demo workspace."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright

from tests.conftest import PROJECT
from tests.e2e.desk import Desk

CHROMIUM = os.environ.get("RAPPORT_CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
ARTIFACTS = PROJECT / "artifacts"


@pytest.fixture(scope="session")
def desk() -> Iterator[Desk]:
    """A running Rapport with the demo workspace, shared by the browser tests."""
    desk = Desk(["--demo"])
    try:
        desk.start()
        desk.wait_until_understood()
        yield desk
    finally:
        desk.close()


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture(scope="session")
def artifacts() -> Path:
    """Where screenshots go that CI keeps."""
    ARTIFACTS.mkdir(exist_ok=True)
    return ARTIFACTS


@pytest.fixture(scope="session")
async def cookies(browser: Browser, desk: Desk) -> AsyncIterator[Path]:
    """A file with which a browser begins as one that somebody has signed in with."""
    context = await browser.new_context(base_url=desk.url)
    page = await context.new_page()
    await sign_in(page, desk)
    path = desk.data_dir / "cookies.json"
    await context.storage_state(path=path)
    await context.close()
    yield path
    path.unlink()


async def sign_in(page: Page, desk: Desk) -> None:
    """Sign in as the owner, by a fresh one-time link."""
    link = desk.command("user", "link", "--owner").strip().splitlines()[-1]
    await page.goto(link)
    await page.wait_for_url("**/inbox/**")
