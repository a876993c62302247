"""The main screens as pictures in `docs/reference/screens`; taken with `RAPPORT_SCREENS=1` only."""

import io
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.conftest import PROJECT
from tests.e2e.desk import Desk
from tests.e2e.people import PHONE, WIDE, Scheme
from tests.e2e.pictures import ARE_WANTED
from tests.e2e.screens import CONSOLE, OUTSIDE

LARGEST_BYTES = 200_000
ALL_BYTES = 4_000_000
pytestmark = pytest.mark.skipif(not ARE_WANTED, reason="RAPPORT_SCREENS=1 takes pictures")
SIZES = {"1440": WIDE, "390": PHONE}
LOOKS: list[tuple[str, Scheme]] = [
    ("1440", "light"),
    ("390", "dark"),
    ("1440", "dark"),
    ("390", "light"),
]
ALL = {screen.name: screen for screen in CONSOLE + OUTSIDE}
# The console comes first: what visitors write for their pictures would be in its lists.
AT_WORK = [
    "inbox",
    "conversation",
    "knowledge-editor",
    "settings-inbox-look",
    "settings-inbox-assistant",
    "customer",
]
OUT_THERE = ["demo-shop", "help-centre", "help-article", "widget-conversation"]
RIGHT_TO_LEFT = ["conversation", "settings-profile", "help-centre-arabic", "widget-arabic"]


@pytest.fixture(scope="module")
def folder() -> Path:
    """Where the pictures go."""
    place = PROJECT / "docs" / "reference" / "screens"
    place.mkdir(parents=True, exist_ok=True)
    return place


async def _browser_of(
    browser: Browser, desk: Desk, cookies: Path, size: str, scheme: Scheme
) -> BrowserContext:
    return await browser.new_context(
        base_url=desk.url,
        storage_state=cookies,
        viewport=SIZES[size],
        color_scheme=scheme,
        reduced_motion="reduce",
        timezone_id="Europe/Oslo",
    )


async def _shoot(page: Page, path: Path) -> None:
    """A picture of what `page` shows, once it is all there."""
    await page.wait_for_load_state("networkidle")
    await page.evaluate("() => document.fonts.ready")
    await expect(page.locator(".mantine-Skeleton-root:visible")).to_have_count(0)
    taken = await page.screenshot(animations="disabled", caret="hide")
    _few_colours(taken).save(path, optimize=True)


def _few_colours(png: bytes) -> Image.Image:
    """A screenshot in 256 colours, the frequent ones exact: a third of the size and looks alike."""
    with Image.open(io.BytesIO(png)) as opened:
        picture = opened.convert("RGB")
    counted = picture.getcolors(picture.width * picture.height) or []
    frequent = [colour for _, colour in sorted(counted, reverse=True)[:160]]
    exact = [part for colour in frequent if isinstance(colour, tuple) for part in colour]
    spread = picture.quantize(96, Image.Quantize.MAXCOVERAGE).getpalette() or []
    palette = Image.new("P", (1, 1))
    palette.putpalette(exact + spread[: 96 * 3])
    return picture.quantize(palette=palette, dither=Image.Dither.NONE)


def _assert_small(folder: Path, end: str) -> None:
    for path in folder.glob(f"*-{end}.png"):
        assert path.stat().st_size <= LARGEST_BYTES, path.name


async def _pictures(context: BrowserContext, names: list[str], folder: Path, end: str) -> None:
    for name in names:
        page = await context.new_page()
        await ALL[name].show(page)
        await _shoot(page, folder / f"{name}-{end}.png")
        await page.close()
    _assert_small(folder, end)


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
async def test_screens_of_the_console(
    browser: Browser, desk: Desk, cookies: Path, folder: Path, size: str, scheme: Scheme
) -> None:
    context = await _browser_of(browser, desk, cookies, size, scheme)
    await _pictures(context, AT_WORK, folder, f"{size}-{scheme}")
    await context.close()


@pytest.mark.parametrize("size", ["1440", "390"])
async def test_right_to_left_screens(
    browser: Browser, desk: Desk, cookies: Path, folder: Path, size: str
) -> None:
    context = await _browser_of(browser, desk, cookies, size, "light")
    await context.add_init_script("localStorage.setItem('rapport.locale', 'ar')")
    await _pictures(context, RIGHT_TO_LEFT, folder, f"{size}-rtl")
    await context.close()


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
async def test_screens_of_the_visitor(
    browser: Browser, desk: Desk, cookies: Path, folder: Path, size: str, scheme: Scheme
) -> None:
    context = await _browser_of(browser, desk, cookies, size, scheme)
    await _pictures(context, OUT_THERE, folder, f"{size}-{scheme}")
    await context.close()


def test_all_pictures_together_stay_small(folder: Path) -> None:
    assert sum(path.stat().st_size for path in folder.glob("*.png")) <= ALL_BYTES
