"""One person behind every address: profile, timeline, merging, companies, import, attributes."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.axe import AXE, serious
from tests.e2e.desk import Desk
from tests.e2e.people import LIVE_MS, PHONE, WIDE
from tests.e2e.pictures import picture
from tests.e2e.post import call

READY_MS = 20_000
TABLE = (
    "Name,Mail,Plan,Since\n"
    "Ida Import,ida@import.example,gold,2024-01-01\n"
    "Otto Import,otto@import.example,silver,2024-02-01\n"
    "Nobody,not an address,silver,2024-03-01\n"
)


class Desktop:
    """Somebody of the team at a screen, and pictures of it."""

    def __init__(self, page: Page, folder: Path, name: str) -> None:
        self.page = page
        self.folder = folder
        self.name = name

    async def picture(self, what: str) -> None:
        await picture(self.page, self.folder / f"people-{self.name}-{what}.png")

    async def add(self, **facts: str) -> str:
        """A customer made by the API; their id."""
        made = await call(self.page, "POST", "/v1/customers", facts)
        found: str = made["id"]
        return found

    async def open(self, customer_id: str) -> None:
        await self.page.goto(f"/customers/{customer_id}")
        await expect(self.page.get_by_role("heading", name="Profile", exact=True)).to_be_visible(
            timeout=READY_MS
        )


@pytest.fixture(params=["1440", "390"])
async def desktop(
    request: pytest.FixtureRequest, browser: Browser, desk: Desk, cookies: Path, artifacts: Path
) -> AsyncIterator[Desktop]:
    context = await browser.new_context(
        base_url=desk.url,
        storage_state=cookies,
        viewport=WIDE if request.param == "1440" else PHONE,
        reduced_motion="reduce",
        locale="en-GB",
    )
    await context.add_init_script(path=AXE)
    page = await context.new_page()
    await page.goto("/favicon.svg")
    yield Desktop(page, artifacts, request.param)
    await context.close()


async def test_a_profile_is_filled_in_and_remembers_what_it_was(desktop: Desktop) -> None:
    page = desktop.page
    await desktop.open(
        await desktop.add(name="Petra Profile", email=f"petra{desktop.name}@a.example")
    )

    status = page.get_by_role("combobox", name="Status")
    await status.select_option("vip")
    await status.select_option("at_risk")
    await page.get_by_role("combobox", name="Preferred tone").select_option("brief")
    await page.get_by_role("textbox", name="Note a pain point").fill("The tent leaks.")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("checkbox", name="Mended: The tent leaks.")).to_be_visible()

    await page.get_by_role("button", name="What Status was before").click()
    dialog = page.get_by_role("dialog", name="Status over time")
    await expect(dialog.get_by_text("at_risk")).to_be_visible(timeout=LIVE_MS)
    await page.keyboard.press("Escape")

    await page.get_by_role("button", name="Note a decision").click()
    dialog = page.get_by_role("dialog", name="Note a decision")
    await dialog.get_by_role("textbox", name="Their words").fill("Yes, send me the newsletter.")
    await dialog.get_by_role("button", name="Note it").click()
    await expect(page.get_by_text("Yes, send me the newsletter.")).to_be_visible()
    await desktop.picture("profile")
    assert await serious(page) == []


async def test_the_timeline_takes_notes_and_is_filtered(desktop: Desktop) -> None:
    page = desktop.page
    await desktop.open(await desktop.add(name="Tim Line", email=f"tim{desktop.name}@a.example"))

    note = page.get_by_role("textbox", name="Write a note about this customer")
    await note.fill("Prefers to be called in the morning.")
    await note.press("Control+Enter")
    entry = page.get_by_text("Prefers to be called in the morning.")
    await expect(entry).to_be_visible(timeout=LIVE_MS)

    await page.get_by_role("button", name="Calls", exact=True).click()
    await expect(entry).to_have_count(0)
    await page.get_by_role("button", name="Notes", exact=True).click()
    await expect(entry).to_be_visible()


async def test_two_who_are_one_are_merged_and_separated_again(desktop: Desktop) -> None:
    page = desktop.page
    name = {"1440": "Greta Twin", "390": "Olaf Double"}[desktop.name]
    given, family = name.lower().split()
    first = await desktop.add(name=name, email=f"{given}.{family}@{family}.example")
    second = await desktop.add(name=name, email=f"{given}{family}@{family}.example")
    await desktop.open(second)

    suggested = page.get_by_role("region", name="Likely the same person")
    await expect(suggested).to_be_visible(timeout=READY_MS)
    await desktop.picture("suggested")
    await suggested.get_by_role("button", name="Compare and merge").click()
    dialog = page.get_by_role("dialog", name="Are they one person?")
    await expect(dialog.get_by_role("row").first).to_be_visible()
    await desktop.picture("compare")
    assert await serious(page) == []
    await dialog.get_by_role("button", name="Merge", exact=True).click()

    await page.wait_for_url(f"**/customers/{first}**")
    card = page.locator("section", has=page.get_by_role("heading", name="Merged from"))
    await expect(card).to_be_visible(timeout=LIVE_MS)
    await card.get_by_role("button", name=f"Separate {name} again").click()
    await expect(card).to_have_count(0, timeout=LIVE_MS)


async def test_addresses_say_what_is_proved_and_what_is_shared(desktop: Desktop) -> None:
    page, address = desktop.page, f"family{desktop.name}@shared.example"
    await desktop.open(await desktop.add(name="Sharon Shared", email=f"s{desktop.name}@a.example"))

    await page.get_by_role("button", name="Add an address").click()
    await page.get_by_role("textbox", name="Address", exact=True).fill(address)
    await page.keyboard.press("Enter")
    row = page.get_by_role("listitem").filter(has_text=address)
    await expect(row).to_contain_text("Not proved")

    await row.get_by_role("button", name=f"More about {address}").click()
    await page.get_by_role("menuitem", name="Several people use it").click()
    await expect(row).to_contain_text("Shared")


async def test_a_company_has_its_people(desktop: Desktop) -> None:
    page, name = desktop.page, f"Tent Works {desktop.name}"
    await page.goto("/companies")
    await page.get_by_role("button", name="Add a company").first.click()
    dialog = page.get_by_role("dialog", name="Add a company")
    await dialog.get_by_role("textbox", name="Name").fill(name)
    await dialog.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("heading", name=name)).to_be_visible(timeout=READY_MS)

    await desktop.add(name="Will Worker", email=f"will{desktop.name}@a.example", company=name)
    await page.reload()
    await expect(page.get_by_role("link", name="Will Worker")).to_be_visible(timeout=READY_MS)
    await desktop.picture("company")
    assert await serious(page) == []
    await page.get_by_role("link", name="Will Worker").click()
    company = page.get_by_role("link", name=name, exact=True)
    await expect(company).to_be_visible(timeout=READY_MS)


async def test_a_table_is_imported_and_taken_back(desktop: Desktop) -> None:
    page = desktop.page
    await page.goto("/imports")
    table = TABLE.replace("@import", f"@import{desktop.name}")
    await page.locator("input[type=file]").set_input_files(
        files={"name": "old.csv", "mimeType": "text/csv", "buffer": table.encode()}
    )

    await expect(page.get_by_role("heading", name="What goes where")).to_be_visible(
        timeout=READY_MS
    )
    await page.get_by_role("combobox", name="Where Mail goes").select_option("email")
    await page.get_by_role("combobox", name="Where Since goes").select_option("")
    await expect(page.get_by_role("cell", name="New", exact=False).first).to_be_visible()
    await expect(page.get_by_text("Not possible")).to_be_visible()
    await desktop.picture("import-draft")
    assert await serious(page) == []

    await page.get_by_role("button", name="Import 3 rows").click()
    await expect(page.get_by_role("button", name="Undo this import")).to_be_visible(
        timeout=READY_MS
    )
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Download the rows that failed").click()
    saved = await (await download.value).path()
    assert "not an address" in await asyncio.to_thread(saved.read_text, "utf-8")
    await desktop.picture("import-done")

    await page.get_by_role("button", name="Undo this import").click()
    await page.get_by_role("dialog").get_by_role("button", name="Undo this import").click()
    await expect(page.get_by_text("2 customers were removed")).to_be_visible(timeout=READY_MS)


async def test_an_attribute_is_defined_and_appears_at_customers(desktop: Desktop) -> None:
    page, label = desktop.page, f"Favourite colour {desktop.name}"
    await page.goto("/settings/attributes")
    await page.get_by_role("button", name="Add an attribute").first.click()
    dialog = page.get_by_role("dialog", name="Add an attribute")
    await dialog.get_by_role("textbox", name="Name").fill(label)
    await expect(dialog.get_by_role("textbox", name="Key")).to_have_value(
        f"favourite_colour_{desktop.name}"
    )
    await dialog.get_by_role("button", name="Save").click()
    await expect(page.get_by_text(label)).to_be_visible()
    await desktop.picture("attributes")
    assert await serious(page) == []

    await desktop.open(await desktop.add(name="Carla Colour", email=f"c{desktop.name}@a.example"))
    await page.get_by_role("button", name=f"Change {label}").click()
    await page.get_by_role("textbox", name=label).fill("green")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("green", exact=True)).to_be_visible(timeout=LIVE_MS)


async def test_a_tracking_key_is_told_once(desktop: Desktop) -> None:
    page = desktop.page
    await page.goto("/settings/tracking")
    await page.get_by_role("button", name="Create a key").first.click()
    dialog = page.get_by_role("dialog", name="Create a key")
    await dialog.get_by_role("textbox", name="Name").fill("Shop")
    await dialog.get_by_role("button", name="Create a key").click()
    secret = page.get_by_role("dialog", name="The key of Shop")
    await expect(secret).to_be_visible()
    assert await serious(page) == []
    await page.keyboard.press("Escape")
    await expect(page.get_by_text("Shop").first).to_be_visible()
    await desktop.picture("tracking")
