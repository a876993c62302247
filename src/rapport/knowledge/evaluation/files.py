"""Reading files of questions: the forms are told in the room's README."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rapport.kernel.errors import Malformed

_TITLE: Final = ("title", "name")
_BODY: Final = ("body", "text", "content", "answer")
_QUESTION: Final = ("question", "q", "query")
_DOCUMENT_ID: Final = ("id", "_id", "doc_id", "slug")
_RIGHT: Final = ("right", "articles", "article", "docs", "doc", "doc_id", "article_id", "slug")
_MAX_BYTES: Final = 200 * 1024 * 1024


class QuestionsUnreadable(Malformed):
    """The file of questions is not in a documented form."""


@dataclass(frozen=True, slots=True)
class Document:
    """An article of the test: `thread` groups those that answer the same questions."""

    id: str
    thread: str | None
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the ids of the documents that answer it; none when nothing does."""

    text: str
    right: frozenset[str]


@dataclass(frozen=True, slots=True)
class Exam:
    """Documents (empty when the questions are about a workspace's own articles) and questions."""

    documents: Sequence[Document]
    questions: Sequence[Question]


def read(path: Path) -> Exam:
    """The exam in a JSON or JSON Lines file, or in a folder of `docs.jsonl` and `queries.jsonl`.

    Raises:
        QuestionsUnreadable: it is in none of the documented forms.
    """
    try:
        rows = list(_rows(path))
    except (OSError, ValueError) as error:
        raise QuestionsUnreadable(f"{path}: {error}") from error
    asked = [row for row in rows if _first(row, _QUESTION) is not None]
    documents = [_document(row, n) for n, row in enumerate(rows) if row not in asked]
    if not asked:
        raise QuestionsUnreadable(f"{path} holds no question.")
    threads: dict[str, set[str]] = {}
    for document in documents:
        if document.thread is not None:
            threads.setdefault(document.thread, set()).add(document.id)
    return Exam(documents, [_question(row, threads) for row in asked])


def _rows(path: Path) -> Iterator[Mapping[str, Any]]:
    """Every document and question, wherever they lie."""
    for file in _files(path):
        if file.stat().st_size > _MAX_BYTES:
            raise ValueError(f"{file.name} is larger than 200 MiB")
        text = file.read_text(encoding="utf-8-sig")
        try:
            whole = [json.loads(text)]
        except ValueError:
            whole = [json.loads(line) for line in text.splitlines() if line.strip()]
        for value in whole:
            yield from _unfolded(value)


def _files(path: Path) -> list[Path]:
    """The file, and its other half where documents and questions lie in two files."""
    pair = ("docs.jsonl", "queries.jsonl")
    folder = path if path.is_dir() else path.parent
    if path.is_dir() or path.name in pair:
        both = [folder / name for name in pair if (folder / name).exists()]
        if both:
            return both
        raise ValueError("the folder holds no docs.jsonl and queries.jsonl")
    return [path]


def _unfolded(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping) and "questions" in value:
        yield from _unfolded(value.get("documents") or value.get("docs") or [])
        yield from _unfolded(value["questions"])
    elif isinstance(value, list):
        for one in value:
            yield from _unfolded(one)
    elif isinstance(value, Mapping):
        yield value
    else:
        raise ValueError("every entry must be an object")


def _document(row: Mapping[str, Any], number: int) -> Document:
    body = str(_first(row, _BODY) or "")
    title = str(_first(row, _TITLE) or "") or " ".join(body.split()[:12])
    if not title:
        raise QuestionsUnreadable(f"Entry {number + 1} is neither a question nor a document.")
    id_ = _first(row, _DOCUMENT_ID)
    thread = row.get("thread")
    return Document(
        id=str(number if id_ is None else id_),
        thread=None if thread is None else str(thread),
        title=title,
        body=body or title,
    )


def _question(row: Mapping[str, Any], threads: Mapping[str, set[str]]) -> Question:
    text = str(_first(row, _QUESTION))
    if row.get("answerable") is False or row.get("unanswerable") is True:
        return Question(text, frozenset())
    if row.get("thread") is not None:
        return Question(text, frozenset(threads.get(str(row["thread"]), ())))
    right = _first(row, _RIGHT)
    if right is None:
        return Question(text, frozenset())
    return Question(text, frozenset(map(str, right if isinstance(right, list) else [right])))


def _first(row: Mapping[str, Any], names: Sequence[str]) -> Any:
    return next((row[name] for name in names if row.get(name) is not None), None)
