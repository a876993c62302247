"""Whether the best passage really answers the question.

The coefficients were fitted by logistic regression on half of our own questions about the demo
shop (`tests/ai/autopilot/questions.jsonl`: 58 of 116), each answerable one asked a second time with
its articles taken away. That makes nothing but hard questions of half of them, so the constant was
set apart: as low as no wrong answer to the fitted half allows. The words that question and source
share say nothing more once the meaning is known; they only limit (`Limits.coverage`).

What it comes to on questions that took no part is in docs/reference/assistant-quality.md. On words
alone, drawn the same way, a third of all answerable questions is answered from the right article
and 90% of the answers come from it.
"""

from dataclasses import dataclass
from math import exp
from typing import Final, Literal

Refusal = Literal["nothing_found", "not_sure", "ambiguous", "words_missing", "would_repeat"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What an answer needs at least. See `AssistantSettings`."""

    threshold: float = 0.5
    margin: float = 0.0
    coverage: float = 0.1


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a passage.

    `cosine`, the mean of its title's and its text's, that of the `nearest` sentence or title, and
    `margin`, its lead over the next article, lie between 0 and 1. Where the search ran on words
    alone the first two are None and the margin is relative: 0.5 means the next article has half the
    score.
    """

    cosine: float | None
    nearest: float | None
    margin: float
    coverage: float
    bm25: float
    content_words: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether to answer, the probability that the answer is right, and why not."""

    confidence: float
    refusal: Refusal | None

    @property
    def answers(self) -> bool:
        """Whether the assistant should answer."""
        return self.refusal is None


_BY_MEANING: Final = (-4.16, 2.79, 4.51, 2.28)
_BY_WORDS: Final = (-4.4, 2.8, 2.87, 0.34)
_MOST_BM25: Final = 15.0
_FEW_WORDS: Final = 2
"""A single word that happens to occur in one article proves nothing without a model."""


def confidence(evidence: Evidence) -> float:
    """The probability that the passage answers the question, 0 to 1."""
    if evidence.cosine is not None and evidence.nearest is not None:
        base, by_cosine, by_nearest, by_margin = _BY_MEANING
        logit = base + by_cosine * evidence.cosine + by_nearest * evidence.nearest
        logit += by_margin * min(evidence.margin, 0.4)
    else:
        base, by_margin, by_coverage, by_bm25 = _BY_WORDS
        logit = base + by_margin * evidence.margin + by_coverage * evidence.coverage
        logit += by_bm25 * min(evidence.bm25, _MOST_BM25)
        if evidence.content_words < _FEW_WORDS:
            logit -= 1.5
    return 1 / (1 + exp(-logit))


def judge(evidence: Evidence, limits: Limits) -> Verdict:
    """Decide about the best passage."""
    sure = confidence(evidence)
    if sure < limits.threshold:
        return Verdict(sure, "not_sure")
    if evidence.margin < limits.margin:
        return Verdict(sure, "ambiguous")
    if evidence.coverage < limits.coverage:
        return Verdict(sure, "words_missing")
    return Verdict(sure, None)
