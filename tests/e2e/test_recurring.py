"""Recurring issues on the screen: the list, one issue with its trend, what is decided about it."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, Route, expect

from tests.e2e.axe import AXE, serious
from tests.e2e.desk import Desk
from tests.e2e.people import PHONE, WIDE

READY_MS = 20_000
ISSUE = "00000000-0000-4000-8000-000000000001"
AT = "2026-03-02T09:00:00Z"


def issue(**more: Any) -> dict[str, Any]:
    """An issue as the API tells it; the machine that finds them has tests of its own."""
    return {
        "id": ISSUE,
        "name": "Printer jams after the update",
        "is_named_by_person": False,
        "state": "open",
        "note": "",
        "article_id": None,
        "record": None,
        "conversation_count": 6,
        "customer_count": 4,
        "day_count": 4,
        "week_count": 6,
        "month_count": 6,
        "first_seen_at": AT,
        "last_seen_at": AT,
        "growth": 5.2,
        "is_growing": True,
        "alerted_at": AT,
        **more,
    }


def detail(**more: Any) -> dict[str, Any]:
    """The same with a month of days."""
    days = [
        {
            "at": f"2026-02-{day:02}T00:00:00Z",
            "count": day % 4,
            "expected": 1.0 if day > 7 else None,
        }
        for day in range(1, 29)
    ]
    return {
        **issue(**more),
        "unit": "day",
        "series": days,
        "products": [{"name": "A100", "count": 5}],
        "customers": [],
        "companies": [],
        "samples": [
            {
                "conversation_id": ISSUE,
                "number": 7,
                "seq": 1,
                "asked_at": AT,
                "text": "It jams on every page.",
            }
        ],
    }


class Told:
    """What the API answers about issues, and what it is asked to change."""

    def __init__(self) -> None:
        self.state = "open"
        self.changes: list[dict[str, Any]] = []

    async def answer(self, route: Route) -> None:
        request = route.request
        path = request.url.split("?")[0]
        body: dict[str, Any]
        if request.method == "PATCH":
            change: dict[str, Any] = json.loads(request.post_data or "{}")
            self.changes.append(change)
            self.state = change.get("state", self.state)
            body = issue(state=self.state)
        elif path.endswith("/conversations"):
            body = {"items": [], "next": None}
        elif path.endswith(ISSUE):
            body = detail(state=self.state)
        else:
            body = {"items": [issue(state=self.state)], "next": None}
        await route.fulfill(json=body)


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture(params=["1440", "390"])
async def page(
    request: pytest.FixtureRequest, browser: Browser, desk: Desk, cookies: Path, told: Told
) -> AsyncIterator[Page]:
    context = await browser.new_context(
        base_url=desk.url,
        storage_state=cookies,
        viewport=WIDE if request.param == "1440" else PHONE,
        reduced_motion="reduce",
        locale="en-GB",
    )
    await context.add_init_script(path=AXE)
    page = await context.new_page()
    await page.route("**/v1/recurring**", told.answer)
    yield page
    await context.close()


async def test_growing_issues_say_so_in_words_and_open(page: Page) -> None:
    await page.goto("/recurring")
    row = page.get_by_role("link", name="Printer jams after the update")
    await expect(row).to_be_visible(timeout=READY_MS)
    await expect(row).to_contain_text("Growing")
    assert await serious(page) == []

    await row.click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Printer jams after the update")
    await expect(page.get_by_text("It jams on every page.")).to_be_visible()
    assert await serious(page) == []


async def test_an_issue_is_resolved_and_opened_again(page: Page, told: Told) -> None:
    await page.goto(f"/recurring/{ISSUE}")
    await page.get_by_role("button", name="Resolve").click(timeout=READY_MS)
    await page.get_by_role("button", name="Reopen").click()
    await expect(page.get_by_role("button", name="Resolve")).to_be_visible()
    assert told.changes == [{"state": "resolved"}, {"state": "open"}]


async def test_a_trend_is_a_table_too(page: Page) -> None:
    await page.goto(f"/recurring/{ISSUE}")
    await page.get_by_text("The numbers as a table").click(timeout=READY_MS)
    await expect(page.get_by_role("table")).to_be_visible()
    await expect(page.get_by_role("row")).to_have_count(29)
    assert await serious(page) == []
