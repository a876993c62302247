"""Putting an exam to the search that customers and the assistant use, and marking it."""

import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Final
from uuid import UUID

import numpy as np
from sklearn.metrics import roc_auc_score

from rapport.kernel.context import Ctx
from rapport.knowledge.evaluation.files import Document, Exam, Question
from rapport.knowledge.schemas import ArticleIn, CollectionIn, Passage, SearchMode
from rapport.knowledge.search import indexing
from rapport.knowledge.service import articles, collections, retrieval

DEPTH: Final = 10
_MAX_RIGHT: Final = 100
"""How many right articles may stand before the others when a question is asked without them."""
_ANSWERED: Final = 0.9

Certainty = Callable[[Ctx, str, Sequence[Passage]], Awaitable[float]]
"""How sure whoever would answer a question is that the best of these passages does."""


@dataclass(frozen=True, slots=True)
class Marks:
    """Fractions from 0 to 1.

    `abstention_auroc` and `refused_at_90`, the share of the unanswerable questions that is refused
    by the threshold that lets nine of ten answerable ones pass, are None when every question has
    the same fate.
    """

    mrr_at_10: float
    hit_at_1: float
    hit_at_5: float
    recall_at_5: float
    abstention_auroc: float | None
    refused_at_90: float | None
    unanswerable: str
    """`given` by the file, or `left_out`: each question asked again without its right articles."""
    ms_per_question: float
    questions: int
    documents: int
    mode: SearchMode


async def load(ctx: Ctx, documents: Sequence[Document]) -> dict[UUID, str]:
    """Publish the documents as articles and embed them; returns which article is which."""
    shelves = {
        name: (await collections.create_collection(ctx, CollectionIn(name=name[:300]))).id
        for name in dict.fromkeys(d.shelf for d in documents if d.shelf)
    }
    names = {}
    for document in documents:
        new = ArticleIn(
            title=document.title[:300],
            body=document.body[:200_000],
            collection_id=shelves.get(document.shelf),
            status="published",
        )
        article = await articles.create_article(ctx, new)
        names[article.id] = document.id
    while await indexing.embed_pending(ctx, limit=512):
        pass
    return names


async def examine(
    ctx: Ctx, exam: Exam, certainty: Certainty, names: Mapping[UUID, str] | None = None
) -> Marks:
    """Ask every question and mark the answers; `certainty` is what refuses or lets pass.

    `names` says which document an article is; without it, questions name the workspace's own
    articles by id or slug.
    """
    asked = [(question, *await _ask(ctx, question)) for question in exam.questions]
    answerable = [(q, named(passages, names)) for q, passages, _ in asked if q.right]
    ranks = [rank(found, q.right) for q, found in answerable]
    unanswerable, how = _without_answer(asked, names)
    sure = [await certainty(ctx, q.text, passages) for q, passages, _ in asked if q.right]
    unsure = [await certainty(ctx, q.text, passages) for q, passages in unanswerable]
    auroc, refused = _refusing(sure, unsure)
    return Marks(
        **ranking(ranks),
        recall_at_5=round(_mean(_recall(found, q.right, 5) for q, found in answerable), 4),
        abstention_auroc=auroc,
        refused_at_90=refused,
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


def named(passages: Sequence[Passage], names: Mapping[UUID, str] | None) -> Found:
    """What the passages' articles are called in the exam."""
    if names is None:
        return [frozenset({str(p.article_id), p.slug}) for p in passages]
    return [frozenset({names[p.article_id]} if p.article_id in names else ()) for p in passages]


def rank(found: Found, right: frozenset[str]) -> int:
    """The place of the first right article, from 1; 0 when none is among the first ten."""
    places = (place for place, article in enumerate(found[:DEPTH], 1) if article & right)
    return next(places, 0)


def ranking(ranks: Sequence[int]) -> dict[str, float]:
    """What the places of the right articles come to."""
    return {
        "mrr_at_10": round(_mean(1 / place if place else 0 for place in ranks), 4),
        "hit_at_1": round(_mean(place == 1 for place in ranks), 4),
        "hit_at_5": round(_mean(0 < place <= 5 for place in ranks), 4),
    }


def _recall(found: Found, right: frozenset[str], depth: int) -> float:
    """How much of what could be found in so many places was."""
    hits = sum(1 for article in found[:depth] if article & right)
    return hits / min(depth, len(right))


def _without_answer(
    asked: Sequence[tuple[Question, Sequence[Passage], float]], names: Mapping[UUID, str] | None
) -> tuple[list[tuple[Question, Sequence[Passage]]], str]:
    """Questions with nothing but wrong passages: those of the file, else all without the right."""
    given = [(q, passages) for q, passages, _ in asked if not q.right]
    if given:
        return given, "given"
    without = list[tuple[Question, Sequence[Passage]]]()
    for question, passages, _ in asked:
        found = named(passages, names)
        wrong = [p for p, name in zip(passages, found, strict=True) if not name & question.right]
        without.append((question, wrong))
    return without, "left_out"


def _refusing(sure: Sequence[float], unsure: Sequence[float]) -> tuple[float | None, float | None]:
    """How well certainty parts the two kinds, and how many of the second it refuses."""
    if not sure or not unsure:
        return None, None
    truth = [True] * len(sure) + [False] * len(unsure)
    auroc = roc_auc_score(truth, [*sure, *unsure])
    threshold = np.quantile(sure, 1 - _ANSWERED, method="lower")
    return round(float(auroc), 4), round(_mean(bool(one < threshold) for one in unsure), 4)


def _mean(values: Iterable[float]) -> float:
    held = list(values)
    return fmean(held) if held else 0.0
