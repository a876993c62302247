"""Rows 9 and 10: nothing here turns pages into documents, and nothing can."""

from tests.conftest import PROJECT
from tests.security.attempts import OPERATIONS

CONVERTERS = {
    "weasyprint",
    "xhtml2pdf",
    "pdfkit",
    "wkhtmltopdf",
    "reportlab",
    "fpdf",
    "pypandoc",
    "imgkit",
    "pyppeteer",
    "cairosvg",
    "svglib",
    "unoconv",
    "pisa",
}


def test_no_converter_is_installed_with_us() -> None:
    locked = {
        line.split("==")[0].strip().lower()
        for line in (PROJECT / "requirements.lock").read_text("utf-8").splitlines()
        if "==" in line
    }

    assert len(locked) > 20
    assert locked.isdisjoint(CONVERTERS)


def test_row_09_what_is_exported_is_data_and_never_a_page_made_into_a_document() -> None:
    exporting = {
        media
        for o in OPERATIONS
        if any(word in o.path for word in ("export", "csv", "pdf"))
        for media in o.spec["responses"].get("200", {}).get("content", {})
    }

    assert exporting <= {"text/csv", "application/jsonl", "application/json", "application/zip"}
    assert "text/csv" in exporting
