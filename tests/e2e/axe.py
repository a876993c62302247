"""What axe finds on a page."""

from typing import Any, Final

from playwright.async_api import Frame, Page

from tests.conftest import PROJECT

AXE: Final = PROJECT / "web" / "node_modules" / "axe-core" / "axe.min.js"
TAGS: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS: Final = ["color-contrast", "link-in-text-block"]
"""The rules whose answer depends on the theme."""
LOOK: Final = """async ([type, values]) => {
  const options = { runOnly: { type, values }, resultTypes: ['violations'] }
  // Inside a frame axe now and then does not see the title; it is looked at by itself.
  if (type === 'tag') options.rules = { 'document-title': { enabled: window.parent === window } }
  return (await axe.run(document, options)).violations
}"""


async def serious(page: Page, where: Page | Frame | None = None) -> list[str]:
    """Everything serious or critical, each with its place: all in light, the colours in dark.

    Looked at is `where`, a frame of `page`, or else the page. The page's context must have `AXE`
    as an init script.
    """
    found: list[str] = []
    shown = where or page
    assert await shown.title()
    for scheme, rules in (("dark", ["rule", COLOURS]), ("light", ["tag", TAGS])):
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        result: list[dict[str, Any]] = await shown.evaluate(LOOK, rules)
        found += [
            f"{scheme} {each['impact']} {each['id']}: {node['target']} {node['html'][:160]} "
            f"{node.get('failureSummary', '')}"
            for each in result
            if each["impact"] in {"serious", "critical"}
            for node in each["nodes"][:4]
        ]
    return found
