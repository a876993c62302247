"""Reading files of questions: the forms are told in the room's README."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rapport.kernel.errors import Malformed

_TITLE: Final = ("title", "name")
_BODY: Final = ("body", "text", "content", "answer")
_QUESTION: Final = ("question", "q", "query")
_SHELF: Final = ("entity", "collection")
_BEFORE: Final = ("before", "turns", "ctx")
_DOCUMENT_ID: Final = ("id", "_id", "doc_id", "slug")
_RIGHT: Final = (
    "right",
    "relevant",
    "rel",
    "articles",
    "article",
    "docs",
    "doc",
    "doc_id",
    "article_id",
    "slug",
)
_ASKING: Final = frozenset({"u", "user", "customer"})
_MAX_TITLE_CHARS: Final = 300
_SENTENCE: Final = re.compile(r"(\S+ \S+ \S.{0,250}?[.!?])\s+(.+)", re.DOTALL)
_TITLE_WORDS: Final = 12
_MAX_BYTES: Final = 200 * 1024 * 1024


Row = Mapping[str, Any]


class QuestionsUnreadable(Malformed):
    """The file of questions is not in a documented form."""


@dataclass(frozen=True, slots=True)
class Document:
    """An article of the test.

    `thread` groups those that answer the same questions, `shelf` those that are about the same
    thing: it is the name of their collection, empty for none.
    """

    id: str
    thread: str | None
    title: str
    body: str
    shelf: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the ids of the documents that answer it; none when nothing does.

    `before` is what was said before it, oldest first, and `earlier` what the same person said last,
    empty where the file does not tell who said what.
    """

    text: str
    right: frozenset[str]
    before: tuple[str, ...] = ()
    earlier: str = ""


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
    rows = _read(_files(path))
    asked = [row for row in rows if _first(row, _QUESTION) is not None]
    return _exam(asked, [row for row in rows if _first(row, _QUESTION) is None], path)


def read_two(documents: Path, questions: Path) -> Exam:
    """The exam whose documents lie in one JSON Lines file and whose questions in another.

    Raises:
        QuestionsUnreadable: they are not in a documented form.
    """
    asked = _read([questions])
    if any(_first(row, _QUESTION) is None for row in asked):
        raise QuestionsUnreadable(f"{questions} holds something that is no question.")
    return _exam(asked, _read([documents]), questions)


def _read(files: Sequence[Path]) -> list[Row]:
    try:
        return [row for file in files for row in _rows(file)]
    except (OSError, ValueError) as error:
        raise QuestionsUnreadable(f"{files[0].parent}: {error}") from error


def _exam(asked: Sequence[Row], told: Sequence[Row], path: Path) -> Exam:
    documents = [_document(row, number) for number, row in enumerate(told)]
    if not asked:
        raise QuestionsUnreadable(f"{path} holds no question.")
    threads: dict[str, set[str]] = {}
    for document in documents:
        if document.thread is not None:
            threads.setdefault(document.thread, set()).add(document.id)
    return Exam(documents, [_question(row, threads) for row in asked])


def _rows(file: Path) -> Iterator[Row]:
    """Every document and question of a file."""
    if file.stat().st_size > _MAX_BYTES:
        raise ValueError(f"{file.name} is larger than 200 MiB")
    text = file.read_text(encoding="utf-8-sig")
    try:
        whole = [json.loads(text)]
    except ValueError:
        whole = [json.loads(line) for line in text.split("\n") if line.strip()]
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
        raise QuestionsUnreadable(f"{folder} holds no docs.jsonl and queries.jsonl.")
    return [path]


def _unfolded(value: Any) -> Iterator[Row]:
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


def _document(row: Row, number: int) -> Document:
    body = str(_first(row, _BODY) or "").strip()
    title = str(_first(row, _TITLE) or "").strip()
    if not title:
        title, body = _parted(body)
    if not title:
        raise QuestionsUnreadable(f"Entry {number + 1} is neither a question nor a document.")
    id_ = _first(row, _DOCUMENT_ID)
    thread = row.get("thread")
    return Document(
        id=str(number if id_ is None else id_),
        thread=None if thread is None else str(thread),
        title=title,
        body=body or title,
        shelf=str(_first(row, _SHELF) or "").strip(),
    )


def _parted(text: str) -> tuple[str, str]:
    """Title and body of a document that is only a text.

    The title is its first line, in a text of one line its first sentence, else its first words.
    """
    first, _, rest = text.partition("\n")
    if len(first) <= _MAX_TITLE_CHARS and rest.strip():
        return first.strip(), rest.strip()
    if found := _SENTENCE.match(text):
        return found[1], found[2]
    return " ".join(text.split()[:_TITLE_WORDS])[:_MAX_TITLE_CHARS], text


def _question(row: Row, threads: Mapping[str, set[str]]) -> Question:
    text = str(_first(row, _QUESTION))
    before, earlier = _before(row, text)
    return Question(text, _right(row, threads), before, earlier)


def _right(row: Row, threads: Mapping[str, set[str]]) -> frozenset[str]:
    if row.get("answerable") is False or row.get("unanswerable") is True:
        return frozenset()
    if row.get("thread") is not None:
        return frozenset(threads.get(str(row["thread"]), ()))
    right = _first(row, _RIGHT)
    if right is None:
        return frozenset()
    return frozenset(map(str, right if isinstance(right, list) else [right]))


def _before(row: Row, question: str) -> tuple[tuple[str, ...], str]:
    """What was said before, and what the person who asks said last.

    `full` is the whole dialogue as one text that ends with the question. Turns are texts, or pairs
    of who and text, or objects with `role` and `text`.
    """
    full = str(row.get("full") or "").strip()
    if full.endswith(question.strip()) and full != question.strip():
        return (full.removesuffix(question.strip()).strip(),), ""
    said = _first(row, _BEFORE) or []
    turns = [_turn(turn) for turn in (said if isinstance(said, list) else [said])]
    theirs = [text for who, text in turns if who in _ASKING]
    return tuple(text for _, text in turns), theirs[-1] if theirs else ""


def _turn(turn: Any) -> tuple[str, str]:
    """Who spoke, in lower case and empty where it is not told, and what they said."""
    if isinstance(turn, Mapping):
        who, text = turn.get("role") or turn.get("speaker") or "", _first(turn, _BODY) or ""
    elif isinstance(turn, list) and len(turn) == 2:
        who, text = turn
    else:
        who, text = "", turn
    return str(who).lower(), str(text)


def _first(row: Row, names: Sequence[str]) -> Any:
    return next((row[name] for name in names if row.get(name) is not None), None)
