"""`rapport eval mail`: how well mail is read, on corpora with known readings."""

import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from rapport.channels.email.evaluation import examine
from rapport.server.commands.evals import app

ADA = b"From: Ada <ada@home.example>\nTo: us@shop.example\nSubject: Hello\n\nHow are you?\n"

DATE = {
    "header": "Tue, 1 Jul 2003 10:52:37 +0200\nTo: nobody",
    "expected": {
        "year": 2003,
        "month": 7,
        "day": 1,
        "hour": 10,
        "minute": 52,
        "second": 37,
        "tz_before_gmt": False,
        "tz_hour": 2,
        "tz_minute": 0,
    },
}


def expectation(subject: str = "Hello", **more: Any) -> dict[str, Any]:
    """What Stalwart's parser would read in the mail of Ada."""
    ada = {"Address": {"List": [{"name": "Ada", "address": "ada@home.example"}]}}
    us = {"Address": {"List": [{"name": None, "address": "us@shop.example"}]}}
    headers = {"from": ada, "to": us, "subject": {"Text": subject}}
    part = {
        "headers": [{"name": name, "value": value} for name, value in headers.items()],
        "body": {"Text": "How are you?\n"},
    }
    return {"parts": [part], "text_body": [0], "html_body": [0], "attachments": []} | more


def corpora(folder: Path) -> Path:
    """Messages, cases for fields, replies and loose texts."""
    messages, replies, loose = folder / "messages", folder / "replies", folder / "loose"
    for each in (messages, loose, *(replies / it for it in ("emails", "trimmed", "elided"))):
        each.mkdir(parents=True)
    (messages / "one.eml").write_bytes(ADA)
    (messages / "one.json").write_text(json.dumps(expectation()))
    (messages / "one.crlf.json").write_text(json.dumps(expectation("Goodbye")))
    (messages / "two.eml").write_bytes(b"\xff" * 100)
    (messages / "date.json").write_text(json.dumps([DATE]))
    (replies / "emails" / "a.txt").write_text("Yes.\n\n> Is it?\n")
    (replies / "trimmed" / "a.txt").write_text("Yes.")
    (replies / "elided" / "a.txt").write_text("> Is it not?\n")
    (loose / "b.txt").write_text("Bye\n-- \nBob\n")
    return folder


def test_each_corpus_is_counted_by_what_it_has(tmp_path: Path) -> None:
    found = examine(corpora(tmp_path))

    assert sorted(found) == ["loose", "messages", "replies"]
    messages = found["messages"]
    assert (messages["messages"], messages["read"], messages["failed"]) == (2, 2, {})
    expected = messages["expected"]
    assert (expected["whole"], expected["messages"]) == (1, 2)
    assert expected["by_field"]["from"] == {"right": 2, "of": 2}
    assert expected["by_field"]["text"] == {"right": 2, "of": 2}
    assert messages["fields"]["by_field"] == {"date": {"right": 1, "of": 1}}
    assert found["replies"]["replies"]["by_field"] == {
        "reply": {"right": 1, "of": 1},
        "elided": {"right": 0, "of": 1},
    }
    assert found["loose"] == {"texts": {"texts": 1, "every_word_kept": 1}}


def test_a_miss_says_what_was_expected_and_what_was_found(tmp_path: Path) -> None:
    [miss] = examine(corpora(tmp_path))["messages"]["expected"]["misses"]

    assert miss == {
        "where": "messages/one.crlf.json",
        "field": "subject",
        "expected": "Goodbye",
        "found": "Hello",
    }


def test_the_last_line_is_one_json_object(tmp_path: Path) -> None:
    folder = str(corpora(tmp_path))

    told = CliRunner().invoke(app, ["mail", "--corpora", folder, "--json"])
    shown = CliRunner().invoke(app, ["mail", "--corpora", folder])

    again = json.loads(told.stdout.splitlines()[-1])
    assert again["messages"]["expected"]["by_field"]["subject"] == {"right": 1, "of": 2}
    assert "1 of 2 whole; " in shown.stdout
    assert "subject 1/2" in shown.stdout
