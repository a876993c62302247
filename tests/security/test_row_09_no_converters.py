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


def test_there_is_no_export_yet_whose_cells_or_pages_could_be_hostile() -> None:
    """Row 11 (CSV) and row 9 (PDF) get their tests with the first export."""
    exporting = [o for o in OPERATIONS if any(w in o.path for w in ("export", "csv", "pdf"))]

    assert exporting == []
