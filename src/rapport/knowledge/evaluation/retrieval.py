"""Putting an exam to the search that customers and the assistant use, and marking it."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Final
from uuid import UUID

from rapport.kernel.context import Ctx
from rapport.knowledge.evaluation.files import Document, Exam, Question
from rapport.knowledge.schemas import ArticleIn, Passage, SearchMode
from rapport.knowledge.search import indexing
from rapport.knowledge.service import articles, retrieval

DEPTH: Final = 10
_MAX_RIGHT: Final = 100
"""How many right articles may stand before the others when a question is asked without them."""


@dataclass(frozen=True, slots=True)
class Marks:
    """Fractions from 0 to 1; `abstention_auroc` is None when every question has the same fate."""

    mrr_at_10: float
    hit_at_1: float
    hit_at_5: float
    recall_at_5: float
    abstention_auroc: float | None
    unanswerable: str
    """`given` by the file, or `left_out`: each question asked again without its right articles."""
    ms_per_question: float
    questions: int
    documents: int
    mode: SearchMode


async def load(ctx: Ctx, documents: Sequence[Document]) -> dict[UUID, str]:
    """Publish the documents as articles and embed them; returns which article is which."""
    names = {}
    for document in documents:
        new = ArticleIn(
            title=document.title[:300], body=document.body[:200_000], status="published"
        )
        article = await articles.create_article(ctx, new)
        names[article.id] = document.id
    while await indexing.embed_pending(ctx, limit=512):
        pass
    return names


async def examine(ctx: Ctx, exam: Exam, names: Mapping[UUID, str] | None = None) -> Marks:
    """Ask every question and mark the answers.

    `names` says which document an article is; without it, questions name the workspace's own
    articles by id or slug.
    """
    asked = [(question, *await _ask(ctx, question)) for question in exam.questions]
    answerable = [(q, _named(passages, names)) for q, passages, _ in asked if q.right]
    ranks = [_rank(found, q.right) for q, found in answerable]
    sure, unsure, how = _certainties(asked, names)
    return Marks(
        mrr_at_10=round(_mean(1 / rank if rank else 0 for rank in ranks), 4),
        hit_at_1=round(_mean(rank == 1 for rank in ranks), 4),
        hit_at_5=round(_mean(0 < rank <= 5 for rank in ranks), 4),
        recall_at_5=round(_mean(_recall(found, q.right, 5) for q, found in answerable), 4),
        abstention_auroc=_auroc(sure, unsure),
        unanswerable=how,
        ms_per_question=round(_mean(seconds for *_, seconds in asked) * 1_000, 2),
        questions=len(asked),
        documents=len(exam.documents),
        mode=retrieval.mode(ctx),
    )


async def _ask(ctx: Ctx, question: Question) -> tuple[list[Passage], float]:
    started = time.perf_counter()
    limit = DEPTH + min(len(question.right), _MAX_RIGHT)
    passages = await retrieval.retrieve(ctx, question.text, limit=limit)
    return passages, time.perf_counter() - started


Found = Sequence[frozenset[str]]
"""The names of the articles found, best first; an article answers to each of its names."""


def _named(passages: Sequence[Passage], names: Mapping[UUID, str] | None) -> Found:
    if names is None:
        return [frozenset({str(p.article_id), p.slug}) for p in passages]
    return [frozenset({names[p.article_id]} if p.article_id in names else ()) for p in passages]


def _rank(found: Found, right: frozenset[str]) -> int:
    """The place of the first right article, from 1; 0 when none is among the first ten."""
    places = (place for place, article in enumerate(found[:DEPTH], 1) if article & right)
    return next(places, 0)


def _recall(found: Found, right: frozenset[str], depth: int) -> float:
    """How much of what could be found in so many places was."""
    hits = sum(1 for article in found[:depth] if article & right)
    return hits / min(depth, len(right))


def _certainties(
    asked: Sequence[tuple[Question, Sequence[Passage], float]], names: Mapping[UUID, str] | None
) -> tuple[list[float], list[float], str]:
    """How sure the search seems where there is an answer, and where there is none."""
    sure = [_certainty(passages) for q, passages, _ in asked if q.right]
    given = [_certainty(passages) for q, passages, _ in asked if not q.right]
    if given:
        return sure, given, "given"
    without = []
    for question, passages, _ in asked:
        found = _named(passages, names)
        wrong = [p for p, name in zip(passages, found, strict=True) if not name & question.right]
        without.append(_certainty(wrong))
    return sure, without, "left_out"


def _certainty(passages: Sequence[Passage]) -> float:
    """What a refusal looks at: the nearest cosine, or the best BM25 score without a model."""
    if any(p.cosine is not None for p in passages):
        return max(p.cosine for p in passages if p.cosine is not None)
    return max((p.bm25 for p in passages), default=0.0)


def _auroc(positive: Sequence[float], negative: Sequence[float]) -> float | None:
    """The chance that a random positive lies above a random negative; ties count half."""
    if not positive or not negative:
        return None
    order = sorted([(value, 1) for value in positive] + [(value, 0) for value in negative])
    ranks_of_positives, start = 0.0, 0
    while start < len(order):
        end = start
        while end < len(order) and order[end][0] == order[start][0]:
            end += 1
        middle = (start + 1 + end) / 2
        ranks_of_positives += middle * sum(label for _, label in order[start:end])
        start = end
    least = len(positive) * (len(positive) + 1) / 2
    return round((ranks_of_positives - least) / (len(positive) * len(negative)), 4)


def _mean(values: Iterable[float]) -> float:
    held = list(values)
    return fmean(held) if held else 0.0
