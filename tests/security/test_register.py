"""The register names proofs that exist."""

import re

import pytest

from tests.conftest import PROJECT

REGISTER = (PROJECT / "docs/reference/security-register.md").read_text("utf-8")
ROWS = re.findall(r"^\| (\d+) \|(.*)\|$", REGISTER, re.MULTILINE)
DUE = {*range(1, 13), *range(14, 33), 35}
PROOF = re.compile(r"`((?:tests|web)/[^`:]+)(?:::([^`]+))?`")
CODE = re.compile(r"`((?:src|web)/[^`:]+)`")


def test_every_row_that_is_due_is_there() -> None:
    assert {int(number) for number, _ in ROWS} >= DUE


@pytest.mark.parametrize(("number", "text"), ROWS, ids=[number for number, _ in ROWS])
def test_each_proof_and_each_place_exists(number: str, text: str) -> None:
    proofs = PROOF.findall(text)

    assert proofs, f"row {number} names no test"
    for path, name in proofs:
        content = (PROJECT / path).read_text("utf-8")
        assert not name or re.search(rf"def {name}\(", content) or name in content, (path, name)
    for path in CODE.findall(text):
        assert (PROJECT / path).exists(), path
