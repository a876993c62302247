"""Pictures of what a test sees, for people to look at; taken with `RAPPORT_SCREENS=1` only."""

import os
from pathlib import Path
from typing import Final

from playwright.async_api import Page

ARE_WANTED: Final = os.environ.get("RAPPORT_SCREENS") == "1"


async def picture(page: Page, path: Path) -> None:
    """Two pictures, one in each theme, whose names end with it; the page is left in light."""
    if not ARE_WANTED:
        return
    await page.evaluate("() => document.fonts.ready")
    for scheme in ("dark", "light"):
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        place = path.with_stem(f"{path.stem}-{scheme}")
        await page.screenshot(path=place, animations="disabled")
