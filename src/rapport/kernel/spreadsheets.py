"""CSV that opens in a spreadsheet as the text it is, whoever wrote the text."""

import csv
import io
from collections.abc import Iterable
from typing import Final

BYTE_ORDER_MARK: Final = "\ufeff".encode()
"""At the start of a file, so that spreadsheets read it as UTF-8."""
MEDIA_TYPE: Final = "text/csv; charset=utf-8"
_STARTS_FORMULA: Final = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")  # and their wide forms

Cell = str | int | float | None


def line(cells: Iterable[Cell]) -> bytes:
    """One line in UTF-8, ended by CR LF (RFC 4180); every cell in quotes.

    The quotes keep a cell whole in programs that also split at semicolons or tabs.
    """
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([harmless(cell) for cell in cells])
    return text.getvalue().encode("utf-8", "replace")


def harmless(cell: Cell) -> str | int | float:
    """The cell as a spreadsheet may show it: text that would be a formula begins with ' (OWASP).

    Numbers stay numbers; None is empty; NUL, which no program agrees on, becomes U+FFFD.
    """
    if cell is None:
        return ""
    if not isinstance(cell, str):
        return cell
    text = cell.replace("\x00", "\N{REPLACEMENT CHARACTER}")
    return f"'{text}" if text.lstrip(" ").startswith(_STARTS_FORMULA) else text
