"""Reads a folder of messages named by RAPPORT_MAIL_CORPUS, when there is one."""

import os
from collections import Counter
from pathlib import Path

import pytest

from rapport.channels.email.parsing import parse
from rapport.kernel.richtext import sanitise

CORPUS = os.environ.get("RAPPORT_MAIL_CORPUS", "")


@pytest.mark.skipif(not CORPUS, reason="RAPPORT_MAIL_CORPUS names no folder")
def test_every_message_of_a_corpus_is_read(capsys: pytest.CaptureFixture[str]) -> None:
    problems: Counter[str] = Counter()
    files = sorted(
        file for file in Path(CORPUS).rglob("*") if file.suffix in {".eml", ".msg", ".box", ""}
    )

    for file in filter(Path.is_file, files):
        mail = parse(file.read_bytes())
        sanitise(mail.html or "")
        problems.update(mail.problems)

    with capsys.disabled():
        print(f"\n{len(files)} messages read")  # noqa: T201 - it is asked for by name
        for problem, count in problems.most_common():
            print(f"{count:5} {problem}")  # noqa: T201
