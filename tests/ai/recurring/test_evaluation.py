import json
from pathlib import Path

from typer.testing import CliRunner

from rapport.server.commands.evals import app
from tests.ai.recurring.conftest import ALONE, LOGIN, REFUND


def test_problems_are_compared_with_intents(tmp_path: Path) -> None:
    rows = [*((text, "refund") for text in REFUND), *((text, "login") for text in LOGIN)]
    lines = [f'"{text}",{intent}' for text, intent in [*rows, (ALONE, "oos")]]
    file = tmp_path / "questions.csv"
    file.write_text("\n".join(["text,intent", *lines]), "utf-8")

    asked = ["recurring", "--test", str(file), "--words-only", "--json"]
    told = json.loads(CliRunner().invoke(app, asked).stdout.splitlines()[-1])

    assert (told["adjusted_rand"], told["v_measure"], told["purity"]) == (1, 1, 1)
    assert (told["in_a_problem"], told["nowhere_in_a_problem"]) == (1, 0)
    assert (told["problems"], told["intents"], told["conversations"]) == (2, 2, 7)
