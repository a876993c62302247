"""Compares with a folder of expected replies below RAPPORT_MAIL_CORPUS, when there is one."""

import os
from pathlib import Path

import pytest

from rapport.channels.email.replies import split

CORPUS = os.environ.get("RAPPORT_MAIL_CORPUS", "")
FOLDERS = sorted(Path(CORPUS).rglob("trimmed")) if CORPUS else []


@pytest.mark.skipif(not FOLDERS, reason="RAPPORT_MAIL_CORPUS has no folder named `trimmed`")
def test_replies_are_what_the_corpus_expects() -> None:
    missed, count = list[str](), 0
    for folder in FOLDERS:
        for expected in sorted(folder.iterdir()):
            text = (folder.parent / "emails" / expected.name).read_text("utf-8")
            count += 1
            if split(text).reply.rstrip() != expected.read_text("utf-8").rstrip():
                missed.append(expected.name)

    assert len(missed) <= count * 0.05, missed
