"""Row 11: what people wrote is no formula in what we export. The property: test_spreadsheets.py."""

import csv
import io

import httpx
from fastapi import FastAPI

from tests.make.auth import browser
from tests.server.furniture import Furnished

HOSTILE = '=HYPERLINK("http://evil.example","Click")'


async def test_row_11_a_hostile_name_is_text_in_the_exported_record(
    app: FastAPI, furnished: Furnished
) -> None:
    async with browser(app, furnished.owner) as owner:
        assert (await owner.post("/v1/tags", json={"name": HOSTILE})).is_success
        answer: httpx.Response = await owner.get("/v1/audit/export")

    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"), newline="")))
    [tag] = [row for row in rows if row["verb"] == "tag.created" and "HYPERLINK" in str(row)]
    assert tag["subject_name"] == f"'{HOSTILE}"
    assert not [c for row in rows for c in row.values() if c.startswith(("=", "+", "-", "@"))]
