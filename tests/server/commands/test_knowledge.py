import json
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from typer.testing import CliRunner, Result

from rapport.inference.minilm import MiniLM
from rapport.kernel.settings.process import Settings
from rapport.server.commands import evals, knowledge, models
from tests.inference.fixtures import minilm, models_dir

__all__ = ["minilm", "models_dir"]

Run = Callable[..., Result]


@pytest.fixture
def run(
    database_url: str, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Run:
    monkeypatch.setenv("RAPPORT_DATABASE_URL", database_url)
    monkeypatch.setenv("RAPPORT_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("RAPPORT_MODELS_FOLDER", str(settings.models_dir))

    def invoke(app: object, *arguments: object) -> Result:
        return CliRunner().invoke(app, [str(a) for a in arguments])  # type: ignore[arg-type]

    return invoke


def exam(path: Path) -> Path:
    path.write_text(
        json.dumps(
            {
                "documents": [
                    {"id": "a", "title": "Returns", "body": "Send goods back in thirty days."},
                    {"id": "b", "title": "Delivery", "body": "Parcels arrive in four days."},
                ],
                "questions": [
                    {"question": "When do parcels arrive?", "right": "b"},
                    {"question": "Send goods back", "right": "a"},
                    {"question": "Who is the king of France?", "right": None},
                ],
            }
        )
    )
    return path


def test_a_folder_is_imported_into_a_workspace(
    run: Run, workspace: UUID, tmp_path: Path, database_url: str
) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "returns.md").write_text("# Returns\n\nThirty days.")
    (folder / "logo.svg").write_text("<svg/>")
    into = ("import", folder, "--workspace", workspace, "--collection", "Handbook")

    first, second = run(knowledge.app, *into), run(knowledge.app, *into)

    assert first.exit_code == 0, first.output
    assert "1 created, 0 updated, 0 unchanged, 1 skipped" in first.output
    assert "skipped logo.svg: it is neither Markdown nor HTML" in first.output
    assert "0 created, 0 updated, 1 unchanged" in second.output
    with psycopg.connect(database_url) as owner:
        rows = owner.execute(
            "SELECT a.title, a.status, c.name FROM articles a JOIN collections c "
            "ON c.id = a.collection_id WHERE a.workspace_id = %s",
            (workspace,),
        ).fetchall()
    assert rows == [("Returns", "published", "Handbook")]


def test_an_unknown_workspace_is_refused(run: Run, tmp_path: Path) -> None:
    refused = run(knowledge.app, "import", tmp_path, "--workspace", "nobody-here")

    assert isinstance(refused.exception, knowledge.WorkspaceUnknown)


def test_the_exam_prints_its_marks_on_the_last_line(
    run: Run, minilm: MiniLM, tmp_path: Path
) -> None:
    sat = run(evals.app, "retrieval", exam(tmp_path / "exam.json"), "--json")

    assert sat.exit_code == 0, sat.output
    marks = json.loads(sat.output.strip().splitlines()[-1])
    assert (marks["mode"], marks["documents"], marks["questions"]) == ("hybrid", 2, 3)
    assert marks["mrr_at_10"] == marks["hit_at_1"] == marks["recall_at_5"] == 1.0
    assert marks["abstention_auroc"] == 1.0
    assert marks["ms_per_question"] > 0


def test_questions_alone_ask_a_workspaces_own_articles(
    run: Run, workspace: UUID, tmp_path: Path
) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "returns.md").write_text("# Returns\n\nThirty days.")
    run(knowledge.app, "import", folder, "--workspace", workspace)
    questions = tmp_path / "questions.jsonl"
    questions.write_text('{"question": "How many days to return?", "article": "returns"}\n')

    sat = run(evals.app, "retrieval", questions, "--workspace", workspace, "--words-only", "--json")

    marks = json.loads(sat.output.strip().splitlines()[-1])
    assert (marks["mode"], marks["documents"], marks["mrr_at_10"]) == ("words", 0, 1.0)


def test_the_model_is_built_once(run: Run, minilm: MiniLM) -> None:
    again = run(models.app, "build")

    assert again.exit_code == 0
    assert again.output.startswith("Already there")
