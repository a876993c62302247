"""No cell of ours is a formula where it is opened."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.kernel import spreadsheets

DANGEROUS = "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"
TEXTS = st.one_of(
    st.text(),
    st.text(alphabet=DANGEROUS + " \"',;|\n0aZ", max_size=12),
    st.builds(str.__add__, st.sampled_from(DANGEROUS), st.text()),
)


def read(line: bytes) -> list[str]:
    [row] = csv.reader(io.StringIO(line.decode(), newline=""))
    return row


@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_whatever_was_written_no_cell_begins_a_formula_and_nothing_is_lost(
    texts: list[str],
) -> None:
    cells = read(spreadsheets.line(texts))

    assert len(cells) == len(texts)
    for cell, text in zip(cells, texts, strict=True):
        kept = text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
        assert cell in {kept, f"'{kept}"}
        assert not cell.lstrip(" ").startswith(tuple(DANGEROUS))


@given(TEXTS)
def test_no_other_separator_splits_a_cell(text: str) -> None:
    """A spreadsheet that splits at semicolons or tabs still sees quotes around the whole."""
    line = spreadsheets.line([text]).decode()

    assert line.startswith('"')
    assert line.endswith('"\r\n')
    assert '"' not in line[1:-3].replace('""', "")


@pytest.mark.parametrize(("cell", "shown"), [(-3, "-3"), (2.5, "2.5"), (None, ""), ("", "")])
def test_numbers_stay_numbers_and_nothing_is_empty(cell: spreadsheets.Cell, shown: str) -> None:
    assert read(spreadsheets.line([cell, "x"])) == [shown, "x"]
