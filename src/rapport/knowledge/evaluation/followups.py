"""Putting questions that rest on what was said before, and marking what is found."""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from uuid import UUID

from rapport.kernel.context import Ctx
from rapport.knowledge.evaluation.files import Exam, Question
from rapport.knowledge.evaluation.retrieval import DEPTH, named, rank, ranking
from rapport.knowledge.schemas import Passage, SearchMode
from rapport.knowledge.service import retrieval

Finder = Callable[[Ctx, Question, int], Awaitable[Sequence[Passage]]]
"""Finds so many passages for a question, as whoever would answer it does."""


@dataclass(frozen=True, slots=True)
class FollowupMarks:
    """Fractions from 0 to 1, and the time from question to passages."""

    mrr_at_10: float
    hit_at_1: float
    hit_at_5: float
    milliseconds: float
    questions: int
    documents: int
    mode: SearchMode


async def examine(
    ctx: Ctx, exam: Exam, find: Finder, names: Mapping[UUID, str] | None = None
) -> FollowupMarks:
    """Ask every question that has an answer. See `retrieval.examine` for `names`."""
    asked = [question for question in exam.questions if question.right]
    ranks, seconds = list[int](), list[float]()
    for question in asked:
        started = time.perf_counter()
        passages = await find(ctx, question, DEPTH)
        seconds.append(time.perf_counter() - started)
        ranks.append(rank(named(passages, names), question.right))
    return FollowupMarks(
        **ranking(ranks),
        milliseconds=round(fmean(seconds) * 1_000, 2) if seconds else 0.0,
        questions=len(asked),
        documents=len(exam.documents),
        mode=retrieval.mode(ctx),
    )
