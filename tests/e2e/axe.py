"""What axe finds on a page."""

from typing import Any, Final

from playwright.async_api import Page

from tests.conftest import PROJECT

AXE: Final = PROJECT / "web" / "node_modules" / "axe-core" / "axe.min.js"
TAGS: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


async def serious(page: Page) -> list[str]:
    """Everything serious or critical, in both themes, each with its place.

    The page's context must have `AXE` as an init script.
    """
    found: list[str] = []
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        result: list[dict[str, Any]] = await page.evaluate(
            """async (values) => {
              const options = { runOnly: { type: 'tag', values }, resultTypes: ['violations'] }
              return (await axe.run(document, options)).violations
            }""",
            TAGS,
        )
        found += [
            f"{scheme} {each['impact']} {each['id']}: {node['target']} {node['html'][:160]} "
            f"{node.get('failureSummary', '')}"
            for each in result
            if each["impact"] in {"serious", "critical"}
            for node in each["nodes"][:4]
        ]
    await page.emulate_media(color_scheme="light", reduced_motion="reduce")
    return found
