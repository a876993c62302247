import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from rapport.inference.minilm import MiniLM
from rapport.inference.ports import Embedder
from rapport.kernel.context import Ctx
from rapport.kernel.database.engine import Database
from rapport.knowledge import service as knowledge
from rapport.knowledge.evaluation import followups
from rapport.knowledge.evaluation.files import (
    Document,
    Exam,
    Question,
    QuestionsUnreadable,
    read,
    read_two,
)
from rapport.knowledge.evaluation.retrieval import examine, load
from rapport.knowledge.schemas import Passage
from tests.make import knowledge as make

DOCUMENTS = [
    Document("d1", None, "Returns", "You may send goods back within thirty days."),
    Document("d2", None, "Delivery", "Parcels arrive in two to four days."),
    Document("d3", None, "Invoices", "Companies pay by invoice."),
    Document("d4", None, "Passwords", "Choose a new password in your account."),
]


async def nearest(_: Ctx, _question: str, passages: Sequence[Passage]) -> float:
    """Sure in the measure in which the best passage fits."""
    return max((p.bm25 if p.cosine is None else p.cosine for p in passages), default=0.0)


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

    def test_documents_in_one_file_and_questions_in_another(self, tmp_path: Path) -> None:
        documents = write(
            tmp_path / "a.jsonl",
            {"id": "1", "text": "Returns\nThirty days.", "entity": "Nandos"},
            {
                "id": "2",
                "text": "One two three four five six seven eight nine ten and all the rest",
            },
            {"id": "3", "title": "A question?", "question": "no", "answer": "Yes."},
        )
        questions = write(
            tmp_path / "b.jsonl",
            {"question": "How long?", "relevant": ["1"]},
            {"question": "Who?", "relevant": []},
        )

        exam = read_two(documents, questions)

        assert exam.documents[0] == Document("1", None, "Returns", "Thirty days.", "Nandos")
        assert exam.documents[1].title.endswith("nine ten and all")
        assert exam.documents[2].body == "Yes."
        assert [q.right for q in exam.questions] == [{"1"}, frozenset()]
        with pytest.raises(QuestionsUnreadable):
            read_two(questions, documents.with_name("missing.jsonl"))
        with pytest.raises(QuestionsUnreadable):
            read_two(questions, write(tmp_path / "c.jsonl", {"id": "1", "text": "Returns"}))

    def test_what_was_said_before_a_question(self, tmp_path: Path) -> None:
        path = write(
            tmp_path / "exam.jsonl",
            {"q": "Is it?", "ctx": "A. B.", "full": "Hello. A. B. Is it?", "rel": ["1"]},
            {"q": "Is it?", "ctx": "A. B."},
            {"q": "Is it?", "turns": [["U", "Nandos"], ["S", "Yes?"]]},
            {"q": "Is it?", "before": ["Nandos", {"role": "customer", "text": "Or not"}]},
            {"q": "Is it?"},
        )

        asked = read(path).questions

        assert [q.before for q in asked] == [
            ("Hello. A. B.",),
            ("A. B.",),
            ("Nandos", "Yes?"),
            ("Nandos", "Or not"),
            (),
        ]
        assert [q.earlier for q in asked] == ["", "", "Nandos", "Or not", ""]

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

    marks = await examine(ctx, exam, nearest, names)

    assert (marks.mode, marks.questions, marks.documents) == ("words", 5, 4)
    assert marks.hit_at_1 == 0.5
    assert marks.mrr_at_10 == 0.625
    assert (marks.hit_at_5, marks.recall_at_5) == (0.75, 0.75)
    assert marks.unanswerable == "given"
    assert marks.abstention_auroc == 0.875
    assert marks.refused_at_90 == 0.0
    assert marks.ms_per_question > 0


async def test_without_unanswerable_questions_each_is_asked_again_without_its_answer(
    ctx: Ctx,
) -> None:
    names = await load(ctx, DOCUMENTS)
    exam = Exam(DOCUMENTS, [Question("a new password", frozenset({"d4"}))])

    marks = await examine(ctx, exam, nearest, names)

    assert (marks.unanswerable, marks.abstention_auroc) == ("left_out", 1.0)
    assert marks.refused_at_90 == 1.0


async def test_what_is_asked_about_one_thing_is_looked_for_on_its_shelf(ctx: Ctx) -> None:
    documents = [Document(name, None, "Parking", "In the street.", name) for name in ("A1", "B2")]
    names = await load(ctx, documents)
    shelves = {shelf.id: shelf.name for shelf in await knowledge.list_collections(ctx)}
    asked = Question("Parking?", frozenset({"B2"}), before=("The B2.",))

    async def find(ctx: Ctx, question: Question, limit: int) -> Sequence[Passage]:
        found = await knowledge.retrieve(ctx, question.text, limit=limit)
        articles = {p: await knowledge.get_article(ctx, p.article_id) for p in found}
        at = {
            p: shelves.get(article.collection_id or article.id) for p, article in articles.items()
        }
        return [p for p in found if f"The {at[p]}." in question.before]

    marks = await followups.examine(ctx, Exam(documents, [asked]), find, names)

    assert (marks.mrr_at_10, marks.hit_at_1, marks.hit_at_5) == (1.0, 1.0, 1.0)
    assert (marks.questions, marks.documents, marks.mode) == (1, 2, "words")
    assert marks.milliseconds > 0


async def test_questions_may_name_the_workspaces_own_articles(ctx: Ctx) -> None:
    article = await make.article(ctx, "Invoices")
    asked = [Question("invoice", frozenset({by})) for by in ("invoices", str(article.id))]

    marks = await examine(ctx, Exam([], asked), nearest)

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

    marks = await examine(ctx, exam, nearest, names)

    assert marks.mode == "hybrid"
    assert marks.mrr_at_10 == 1.0
