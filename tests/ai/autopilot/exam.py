"""An exam for the assistant: questions about the demo shop's help centre, and how it did.

`questions.jsonl` holds one question a line: `articles` are the slugs that answer it (none: nothing
does), and one of the phrases in `says` (separated by `|`) must be in the answer. `half` is `fit`
for those the coefficients in `decide` were fitted on, `check` for those they never saw.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from rapport.ai.autopilot import service
from rapport.kernel.context import Ctx

QUESTIONS = Path(__file__).with_name("questions.jsonl")


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asks, and what a good answer is."""

    question: str
    locale: str
    kind: str
    articles: Sequence[str]
    says: str
    half: str


@dataclass(frozen=True, slots=True)
class Marked:
    """A question and what the assistant made of it."""

    asked: Question
    is_answered: bool
    slug: str
    """Of the article it answered from, or would have looked at first."""
    body: str
    confidence: float

    @property
    def is_right(self) -> bool:
        """Answered from an article that answers it."""
        return self.is_answered and self.slug in self.asked.articles

    @property
    def is_told(self) -> bool:
        """Answered, and what was asked for stands in the answer."""
        body = self.body.replace("**", "")
        return self.is_right and any(phrase in body for phrase in self.asked.says.split("|"))


@dataclass(frozen=True, slots=True)
class Shares:
    """Fractions from 0 to 1."""

    right: float
    """Of the answerable questions, those answered from the right article."""
    told: float
    """Of the answerable questions, those whose answer says what was asked for."""
    refused: float
    """Of the others, those it handed over."""
    precise: float
    """Of its answers, those from the right article."""


def questions() -> list[Question]:
    """All questions of the exam."""
    lines = QUESTIONS.read_text(encoding="utf-8").splitlines()
    return [Question(**json.loads(line)) for line in lines]


async def sit(ctx: Ctx, inbox_id: UUID, asked: Iterable[Question]) -> list[Marked]:
    """Put the questions to the assistant of an inbox, one by one."""
    return [await _marked(ctx, inbox_id, question) for question in asked]


async def _marked(ctx: Ctx, inbox_id: UUID, asked: Question) -> Marked:
    tried = await service.attempt(ctx, inbox_id, asked.question)
    slug = tried.candidates[0].url.rpartition("/")[2] if tried.candidates else ""
    is_answered = tried.decision == "answered"
    return Marked(asked, is_answered, slug, tried.body, tried.confidence)


def shares(marked: Sequence[Marked]) -> Shares:
    """What the marks come to."""
    answerable = [m for m in marked if m.asked.articles]
    others = [m for m in marked if not m.asked.articles]
    answered = [m for m in marked if m.is_answered]
    return Shares(
        right=_share(m.is_right for m in answerable),
        told=_share(m.is_told for m in answerable),
        refused=_share(not m.is_answered for m in others),
        precise=_share(m.is_right for m in answered),
    )


def _share(held: Iterable[bool]) -> float:
    values = list(held)
    return round(sum(values) / len(values), 3) if values else 0.0
