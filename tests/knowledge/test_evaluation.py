import json
from pathlib import Path

import pytest

from rapport.inference.minilm import MiniLM
from rapport.inference.ports import Embedder
from rapport.kernel.context import Ctx
from rapport.kernel.database.engine import Database
from rapport.knowledge.evaluation.files import Document, Exam, Question, QuestionsUnreadable, read
from rapport.knowledge.evaluation.retrieval import examine, load
from tests.make import knowledge as make

DOCUMENTS = [
    Document("d1", None, "Returns", "You may send goods back within thirty days."),
    Document("d2", None, "Delivery", "Parcels arrive in two to four days."),
    Document("d3", None, "Invoices", "Companies pay by invoice."),
    Document("d4", None, "Passwords", "Choose a new password in your account."),
]


def write(path: Path, *lines: object) -> Path:
    path.write_text("\n".join(json.dumps(line) for line in lines))
    return path


class TestFiles:
    def test_documents_and_questions_in_one_json(self, tmp_path: Path) -> None:
        path = tmp_path / "exam.json"
        path.write_text(
            json.dumps(
                {
                    "documents": [{"id": 1, "title": "Returns", "body": "Thirty days."}],
                    "questions": [
                        {"question": "How long?", "right": [1]},
                        {"question": "Who?", "right": None},
                        {"question": "Why?", "right": "1", "answerable": False},
                    ],
                }
            )
        )

        exam = read(path)

        assert exam.documents == [Document("1", None, "Returns", "Thirty days.")]
        assert [q.right for q in exam.questions] == [{"1"}, frozenset(), frozenset()]

    def test_documents_and_questions_line_by_line(self, tmp_path: Path) -> None:
        path = write(
            tmp_path / "exam.jsonl",
            {"id": "a", "text": "Thirty days to return."},
            {"query": "How long?", "doc_id": "a"},
        )

        exam = read(path)

        assert exam.documents[0].title == "Thirty days to return."
        assert exam.questions == [Question("How long?", frozenset({"a"}))]

    @pytest.mark.parametrize("name", ["", "docs.jsonl", "queries.jsonl"])
    def test_threads_in_two_files(self, tmp_path: Path, name: str) -> None:
        write(
            tmp_path / "docs.jsonl",
            *[{"id": f"t1a{n}", "thread": 1, "title": "T", "body": str(n)} for n in range(2)],
            {"id": "t2a0", "thread": 2, "title": "U", "body": "x"},
        )
        write(tmp_path / "queries.jsonl", {"q": "one?", "thread": 1}, {"q": "two?", "thread": 2})

        exam = read(tmp_path / name)

        assert [q.right for q in exam.questions] == [{"t1a0", "t1a1"}, {"t2a0"}]

    @pytest.mark.parametrize("text", ["", "nonsense", "[1, 2]", '{"id": 1, "title": "x"}', '"x"'])
    def test_anything_else_is_refused(self, tmp_path: Path, text: str) -> None:
        path = tmp_path / "exam.json"
        path.write_text(text)

        with pytest.raises(QuestionsUnreadable):
            read(path)


async def test_marks_by_words(ctx: Ctx) -> None:
    names = await load(ctx, DOCUMENTS)
    exam = Exam(
        DOCUMENTS,
        [
            Question("an invoice", frozenset({"d3"})),
            Question("a new password", frozenset({"d4"})),
            Question("parcels within thirty days", frozenset({"d2"})),
            Question("xylophone", frozenset({"d1"})),
            Question("saxophone", frozenset()),
        ],
    )

    marks = await examine(ctx, exam, names)

    assert (marks.mode, marks.questions, marks.documents) == ("words", 5, 4)
    assert marks.hit_at_1 == 0.5
    assert marks.mrr_at_10 == 0.625
    assert (marks.hit_at_5, marks.recall_at_5) == (0.75, 0.75)
    assert marks.unanswerable == "given"
    assert marks.abstention_auroc == 0.875
    assert marks.ms_per_question > 0


async def test_without_unanswerable_questions_each_is_asked_again_without_its_answer(
    ctx: Ctx,
) -> None:
    names = await load(ctx, DOCUMENTS)
    exam = Exam(DOCUMENTS, [Question("a new password", frozenset({"d4"}))])

    marks = await examine(ctx, exam, names)

    assert (marks.unanswerable, marks.abstention_auroc) == ("left_out", 1.0)


async def test_questions_may_name_the_workspaces_own_articles(ctx: Ctx) -> None:
    article = await make.article(ctx, "Invoices")
    asked = [Question("invoice", frozenset({by})) for by in ("invoices", str(article.id))]

    marks = await examine(ctx, Exam([], asked))

    assert marks.mrr_at_10 == 1.0


async def test_the_real_model_passes_a_small_exam(
    ctx: Ctx, database: Database, minilm: MiniLM
) -> None:
    database.ports.provide(Embedder, minilm)
    names = await load(ctx, DOCUMENTS)
    exam = Exam(
        DOCUMENTS,
        [
            Question("I don't want to keep what I bought", frozenset({"d1"})),
            Question("When will my order be here?", frozenset({"d2"})),
            Question("Can my firm be billed?", frozenset({"d3"})),
            Question("I can't log in any more", frozenset({"d4"})),
        ],
    )

    marks = await examine(ctx, exam, names)

    assert marks.mode == "hybrid"
    assert marks.mrr_at_10 == 1.0
