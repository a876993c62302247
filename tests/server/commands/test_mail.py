import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from rapport.server.commands.mail import app

MESSAGE = b"""From: Ada Lovelace <ada@engines.example>
To: support@desk.example
Subject: =?utf-8?Q?T=C3=BCr?=
Date: Mon, 5 Jan 2026 10:30:00 +0100
Message-ID: <one@engines.example>
In-Reply-To: <our.1@desk.example>
References: <our.1@desk.example>

Where is my order?

> On Monday we sent it.
"""
KEYS = (
    "file ok error from to cc subject date message_id in_reply_to references text html reply "
    "quoted signature language attachments auto bounce seconds"
)


def read(*files: Path) -> list[dict[str, Any]]:
    said = CliRunner().invoke(app, ["parse", *map(str, files), "--json"])
    assert said.exit_code == 0, said.output
    return [json.loads(line) for line in said.output.splitlines()]


def test_each_file_is_one_line_of_json(tmp_path: Path) -> None:
    good, bad = tmp_path / "a.eml", tmp_path / "missing.eml"
    good.write_bytes(MESSAGE)

    first, second = read(good, bad)

    assert list(first) == list(second) == KEYS.split()
    assert first["from"] == {"name": "Ada Lovelace", "address": "ada@engines.example"}
    assert first["to"] == [{"name": "", "address": "support@desk.example"}]
    assert (first["ok"], first["error"], first["subject"]) == (True, None, "Tür")
    assert first["date"] == "2026-01-05T09:30:00+00:00"
    assert (first["message_id"], first["references"]) == (
        "one@engines.example",
        ["our.1@desk.example"],
    )
    assert first["reply"] == "Where is my order?"
    assert "On Monday we sent it." in first["quoted"]
    assert (first["auto"], first["bounce"], first["attachments"]) == (None, None, [])
    assert (second["ok"], second["error"]) == (False, "No such file or directory")


def test_without_json_it_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(MESSAGE)

    said = CliRunner().invoke(app, ["parse", str(tmp_path / "a.eml"), str(tmp_path)])

    assert "Ada Lovelace <ada@engines.example>" in said.output
    assert "Is a directory" in said.output
