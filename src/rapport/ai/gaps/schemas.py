"""What the agent API says about gaps. Output fields are always present."""

from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from pydantic import Field

from rapport.kernel.schemas import In, Out

State = Literal["open", "drafted", "answered", "dismissed", "merged"]


class Order(StrEnum):
    """The most asked first, or the last asked."""

    COUNT = "count"
    RECENT = "recent"


class GapArticle(Out):
    """An article that answers a gap, or comes near."""

    id: UUID
    title: str
    status: Literal["draft", "published"]


class GapRow(Out):
    """A gap as lists show it."""

    id: UUID
    state: State
    question: str = Field(description="As it was asked last; empty when that cannot be read.")
    language: str
    asked: int
    customers: int = Field(description="How many different ones asked.")
    confidence: float = Field(description="How sure the assistant was on average, 0 to 1.")
    first_asked_at: datetime
    last_asked_at: datetime
    nearest: GapArticle | None = Field(description="What came nearest to it last, and is there.")
    article: GapArticle | None = Field(description="What answers it, or is meant to.")
    merged_into_id: UUID | None


class GapQuestionOut(Out):
    """One time that it was asked."""

    conversation_id: UUID
    number: int = Field(description="The conversation's.")
    seq: int
    text: str
    reason: str
    confidence: float
    asked_at: datetime


class GapReplyOut(Out):
    """What an agent answered, without greeting and signature; what is personal is covered."""

    conversation_id: UUID
    number: int
    seq: int
    agent: str
    text: str
    is_solution: bool = Field(description="Whether the conversation was resolved with it.")
    created_at: datetime


class NearestOut(Out):
    """An article that came near to some of the latest questions."""

    article: GapArticle
    times: int
    score: float = Field(description="The best closeness, or share of words, among them.")


class SourceOut(Out):
    """An agent's message that a draft rests on."""

    sentence: int = Field(description="Counted from 0, as the draft was written.")
    conversation_id: UUID
    seq: int


class GapOut(GapRow):
    """A gap with its latest questions, what agents answered, and what came near."""

    questions: list[GapQuestionOut] = Field(description="The latest, at most 50.")
    replies: list[GapReplyOut] = Field(description="To the latest 20 of them.")
    near: list[NearestOut]
    sources: list[SourceOut] = Field(description="What its draft was made of.")


class DraftedSentence(Out):
    """A sentence of a new draft, and the agents' messages that say it."""

    text: str
    sources: list[SourceOut]


class GapDraftOut(Out):
    """The draft that was made. It is not published."""

    gap: GapRow
    article: GapArticle
    written_by: Literal["model", "extract"] = Field(
        description="`extract`: agents' own sentences. `model`: a language model's, each proved."
    )
    sentences: list[DraftedSentence]


class GapMergeIn(In):
    """Where the questions go."""

    into_id: UUID


class GapPatch(In):
    """The article that answers the gap; null unlinks."""

    article_id: UUID | None
