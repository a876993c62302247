"""`rapport eval`: how well the machine does on questions whose answers are known."""

import asyncio
import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from rapport.inference.errors import ModelMissing
from rapport.inference.minilm import MiniLM, installed
from rapport.inference.personal import evaluation as personal
from rapport.kernel.settings.process import Settings
from rapport.knowledge.evaluation import files
from rapport.knowledge.evaluation.files import Exam

app = typer.Typer(no_args_is_help=True)


@app.callback()
def evals() -> None:
    """How well the machine does on questions whose answers are known."""


_File = Annotated[
    Path | None, typer.Argument(exists=True, help="Documents and questions, as the README tells.")
]
_Documents = Annotated[
    Path | None, typer.Option(exists=True, help="JSONL: id, text (or title and body, entity).")
]
_Questions = Annotated[
    Path | None, typer.Option(exists=True, help="JSONL: question, relevant (ids, [] = nothing).")
]
_Workspace = Annotated[
    str | None, typer.Option(help="Whose articles are asked when the file brings none.")
]
_WordsOnly = Annotated[bool, typer.Option("--words-only", help="Without the model.")]
_BENCHMARKS = Path(__file__).parents[4] / "benchmarks"
"""They come with the sources, not with the package."""
_AsJson = Annotated[bool, typer.Option("--json", help="Print JSON on the last line.")]


@app.command()
def retrieval(
    file: _File = None,
    documents: _Documents = None,
    questions: _Questions = None,
    workspace: _Workspace = None,
    words_only: _WordsOnly = False,
    as_json: _AsJson = False,
) -> None:
    """Ask each question of the search, and see where the right article comes.

    Whether nothing answers is judged as the assistant judges it. Documents are published in a
    temporary database that is gone afterwards.
    """
    # Imported only here: marking brings scikit-learn.
    from rapport.server.commands import exams  # noqa: PLC0415

    exam, settings = _exam(file, documents, questions), Settings()
    marks = exams.retrieval(exam, settings, None if words_only else _model(settings), workspace)
    _print(asdict(marks), as_json=as_json)


@app.command()
def followups(
    file: _File = None,
    documents: _Documents = None,
    questions: _Questions = None,
    workspace: _Workspace = None,
    words_only: _WordsOnly = False,
    as_json: _AsJson = False,
) -> None:
    """Ask the assistant questions that rest on what was said before them (`before`, or `ctx`)."""
    # Imported only here: marking brings scikit-learn.
    from rapport.server.commands import exams  # noqa: PLC0415

    exam, settings = _exam(file, documents, questions), Settings()
    marks = exams.followups(exam, settings, None if words_only else _model(settings), workspace)
    _print(asdict(marks), as_json=as_json)


@app.command()
def intents(
    train: Annotated[list[Path], typer.Option(exists=True, help="CSV: text,intent; repeatable.")],
    test: Annotated[list[Path], typer.Option(exists=True, help="CSV; `oos` belongs nowhere.")],
    words_only: Annotated[bool, typer.Option("--words-only", help="Without the model.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON on the last line.")] = False,
) -> None:
    """Learn what messages are about from one file, and try it on another."""
    # Imported only here: learning brings scikit-learn.
    from rapport.ai.triage.intents import evaluation  # noqa: PLC0415

    model = None if words_only else _model(Settings())
    found = evaluation.examine(
        evaluation.material_of(train, model), evaluation.material_of(test, model)
    )
    _print(found, as_json=as_json)


@app.command()
def recurring(
    test: Annotated[Path, typer.Option(exists=True, help="CSV: text,intent; `oos` is noise.")],
    words_only: _WordsOnly = False,
    as_json: _AsJson = False,
) -> None:
    """Find the problems among questions, and compare them with what the questions are about."""
    # Imported only here: marking brings scikit-learn.
    from rapport.ai.recurring import evaluation  # noqa: PLC0415

    texts, intents = evaluation.questions_in(test)
    model = None if words_only else _model(Settings())
    _print(evaluation.examine(texts, intents, model), as_json=as_json)


@app.command()
def language(
    test: Annotated[Path, typer.Option(exists=True, help="CSV or JSONL: text, language.")],
    as_json: _AsJson = False,
) -> None:
    """Tell the languages of a file from one another, by whole texts and by their first words."""
    # Imported only here: marking brings scikit-learn.
    from rapport.inference.language import evaluation  # noqa: PLC0415

    _print(evaluation.examine(test), as_json=as_json)


@app.command()
def emotion(
    test: Annotated[
        Path, typer.Option(exists=True, help="TSV of GoEmotions, or JSONL: text, emotion.")
    ],
    words_only: _WordsOnly = False,
    as_json: _AsJson = False,
) -> None:
    """Read the emotions of texts: 28 labels of a TSV, or one of five of each line of JSON."""
    from rapport.ai.triage.evaluation import emotion as evaluation  # noqa: PLC0415

    _print(evaluation.examine(test, None if words_only else _model(Settings())), as_json=as_json)


@app.command()
def urgency(
    test: Annotated[
        Path, typer.Option(exists=True, help="JSONL: text, urgency, wants_human, flags.")
    ],
    words_only: _WordsOnly = False,
    as_json: _AsJson = False,
) -> None:
    """Read how much messages hurry, who wishes for a person, and which dangers there are."""
    from rapport.ai.triage.evaluation import urgency as evaluation  # noqa: PLC0415

    _print(evaluation.examine(test, None if words_only else _model(Settings())), as_json=as_json)


@app.command()
def pii(
    test: Annotated[Path, typer.Option(exists=True, help="JSONL: text, spans.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON on the last line.")] = False,
) -> None:
    """Look for personal data in texts where it was marked: recall and precision of each kind."""
    found = personal.examine(test)
    if as_json:
        typer.echo(json.dumps(found))
        return
    for kind, rates in {"all": found, **found["kinds"]}.items():
        typer.echo(f"{kind:<8} recall {rates['recall']:.3f}  precision {rates['precision']:.3f}")


@app.command()
def tau2(
    data: Annotated[
        Path, typer.Option(exists=True, file_okay=False, help="A folder as benchmarks/tau2 tells.")
    ],
    procedures: Annotated[
        Path, typer.Option(exists=True, file_okay=False, help="Procedures, actions, guards.")
    ] = _BENCHMARKS / "tau2",
    words_only: _WordsOnly = False,
    as_json: _AsJson = False,
) -> None:
    """Serve a foreign shop: refuse forbidden calls, allow the others, follow scripted customers."""
    # Imported only here: choosing a procedure brings scikit-learn.
    from rapport.ai.procedures.evaluation import tau2 as evaluation  # noqa: PLC0415

    model = None if words_only else _model(Settings())
    _print(asyncio.run(evaluation.examine(data, procedures, model)), as_json=as_json)


@app.command()
def mail(
    corpora: Annotated[
        Path, typer.Option(exists=True, file_okay=False, help="A folder of corpora.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON on the last line.")] = False,
) -> None:
    """Read messages and texts, and compare with what others read in them.

    With --json, every miss is there with what was expected and what was found.
    """
    # Imported only here: the other questions are asked without reading mail.
    from rapport.channels.email import evaluation  # noqa: PLC0415

    found = evaluation.examine(corpora)
    if as_json:
        typer.echo(json.dumps(found))
        return
    for name, told in found.items():
        typer.echo(f"{name}\n  {evaluation.told(told)}")


def _print(found: dict[str, Any], *, as_json: bool) -> None:
    told = "\n".join(f"{name:<24} {value}" for name, value in found.items())
    typer.echo(json.dumps(found) if as_json else told)


def _model(settings: Settings) -> MiniLM:
    model = installed(settings.models_dir)
    if model is None:
        raise ModelMissing
    return model


def _exam(file: Path | None, documents: Path | None, questions: Path | None) -> Exam:
    if file is not None and documents is None and questions is None:
        return files.read(file)
    if file is None and documents is not None and questions is not None:
        return files.read_two(documents, questions)
    raise typer.BadParameter("Name one FILE, or --documents and --questions.")
