"""A file that was sent up, as a text."""

import csv
import io
import re
from typing import Final

from rapport.kernel.files.names import clean_name, extension_of
from rapport.knowledge.importing import front_matter
from rapport.knowledge.sources.errors import TextUnreadable
from rapport.knowledge.sources.reading.charset import decoded
from rapport.knowledge.sources.reading.page import Text, of_html, of_markdown

MAX_BYTES: Final = 2 * 1024 * 1024
MAX_ROWS: Final = 5_000
_HTML: Final = frozenset({"html", "htm", "xhtml"})
_TABLES: Final = {"csv": ",;\t|", "tsv": "\t"}
_PLAIN: Final = frozenset({"txt", "md", "markdown", "text"})
_MARK: Final = re.compile(r"([\\`*_\[\]<>|#])")


def read(name: str, content: bytes) -> tuple[str, Text]:
    """The clean name of a file and its text. It takes time in proportion to its length.

    Raises:
        TextUnreadable: it is of another kind than HTML, Markdown, plain text and CSV, or empty.
    """
    extension = extension_of(name)
    called = clean_name(name, extension=extension)
    title = re.sub(r"[-_\s]+", " ", called.removesuffix(f".{extension}")).strip() or called
    text = _text(extension, title, content)
    if not text.body:
        raise TextUnreadable("The file holds no text.")
    return called, text


def _text(extension: str, title: str, content: bytes) -> Text:
    if extension in _HTML:
        return of_html(_decoded(content), title)
    if extension in _PLAIN:
        head, body = front_matter.split(_decoded(content))
        return of_markdown(body, head.get("title", title))
    if extension in _TABLES:
        return of_markdown(_table(_decoded(content), _TABLES[extension]), title)
    raise TextUnreadable(
        "Text is read from files that end with .txt, .md, .html, .csv or .tsv. Save a PDF or a "
        "Word document as one of these first."
    )


def _decoded(content: bytes) -> str:
    if b"\x00" in content[:4_096] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise TextUnreadable("The file is not a text, whatever its name says.")
    return decoded(content)


def _table(source: str, delimiters: str) -> str:
    """Each row as a paragraph of `column: value`, so that it makes sense by itself."""
    first = source.partition("\n")[0]
    delimiter = max(delimiters, key=first.count)
    try:
        rows = list(_rows(source, delimiter))
    except csv.Error as error:
        raise TextUnreadable("The file is not a table that can be read.") from error
    if not rows:
        return ""
    names, *others = rows
    said = (
        "; ".join(_cell(name, value) for name, value in zip(names, row, strict=False) if value)
        for row in others
    )
    return "\n\n".join(filter(None, said))


def _rows(source: str, delimiter: str) -> list[list[str]]:
    found = []
    for row in csv.reader(io.StringIO(source, newline=""), delimiter=delimiter):
        found.append([" ".join(cell.split()) for cell in row])
        if len(found) > MAX_ROWS:
            break
    return found


def _cell(name: str, value: str) -> str:
    said = f"{name}: {value}" if name else value
    return _MARK.sub(r"\\\1", said)
