"""`rapport mail reply-text`."""

import json
from pathlib import Path

from typer.testing import CliRunner

from rapport.server.commands.mail import app


def test_the_parts_of_a_text_are_printed_as_json(tmp_path: Path) -> None:
    file = tmp_path / "body.txt"
    file.write_bytes("\ufeffGrüße\r\n\r\nAm 5.5.2026 schrieb Ada:\r\n> alt\r\n-- \r\nBob".encode())

    told = CliRunner().invoke(app, ["reply-text", str(file), "--json"])

    assert told.exit_code == 0
    assert json.loads(told.stdout) == {
        "reply": "Grüße",
        "quoted": "Am 5.5.2026 schrieb Ada:\n> alt",
        "signature": "-- \nBob",
    }


def test_without_json_the_reply_alone_is_printed(tmp_path: Path) -> None:
    file = tmp_path / "body.txt"
    file.write_bytes(b"caf\xe9\n\n> old\n")

    assert CliRunner().invoke(app, ["reply-text", str(file)]).stdout == "caf\ufffd\n"
