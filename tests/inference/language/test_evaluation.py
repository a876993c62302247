"""The examination of the guesser counts what it says it counts."""

import json
from pathlib import Path

from typer.testing import CliRunner

from rapport.inference.language.evaluation import examine
from rapport.server.commands.evals import app
from tests.inference.language.test_guessing import SENTENCES


def csv_of(tmp_path: Path) -> Path:
    file = tmp_path / "texts.csv"
    rows = [f'"{text}",{code}' for code, text in SENTENCES.items()]
    file.write_text("\n".join(["text,language", *rows, "12345,en"]), "utf-8")
    return file


def test_right_guesses_are_counted_and_the_unknown_is_wrong(tmp_path: Path) -> None:
    found = examine(csv_of(tmp_path))

    assert found["accuracy"] == round(6 / 7, 4)
    assert found["tested"] == 7
    assert found["languages"] == 6
    assert found["accuracy_first_words"] <= found["accuracy"]


def test_lines_of_json_are_read_as_well(tmp_path: Path) -> None:
    file = tmp_path / "texts.jsonl"
    rows = [json.dumps({"text": text, "language": code}) for code, text in SENTENCES.items()]
    file.write_text("\n".join(rows), "utf-8")

    assert examine(file)["macro_f1"] == 1.0


def test_the_command_prints_its_figures_as_json(tmp_path: Path) -> None:
    ran = CliRunner().invoke(app, ["language", "--test", str(csv_of(tmp_path)), "--json"])

    assert ran.exit_code == 0
    assert json.loads(ran.stdout)["tested"] == 7
