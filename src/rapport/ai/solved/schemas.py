"""What the agent API says about solved conversations. Output fields are always present."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from rapport.ai.solved.settings import Audience, Days, Inboxes, Most, Reviewed
from rapport.kernel.schemas import In, Out

State = Literal["waiting", "in_use", "refused"]
Reason = Literal[
    "no_question",
    "no_answer",
    "went_on",
    "too_long",
    "question_not_safe",
    "answer_not_safe",
    "too_little_left",
    "known_already",
    "made_room",
    "rejected",
    "removed",
]
"""Why a conversation is not used; the last two are a person's decisions."""
RunState = Literal["never", "running", "stopping", "done", "cancelled"]
Asked = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000, pattern=r"^[^\x00]*$"),
]


class SolvedSettingsIn(In):
    """Whether, and which, solved conversations answer others' questions."""

    is_on: bool
    inbox_ids: Inboxes
    audience: Audience
    after_days: Days
    is_reviewed: Reviewed
    most: Most


class SolvedSettingsOut(Out):
    """The same, as it is."""

    is_on: bool
    inbox_ids: Inboxes
    audience: Audience
    after_days: Days
    is_reviewed: Reviewed
    most: Most


class SolvedRow(Out):
    """One solved conversation; its texts are empty where it is refused."""

    id: UUID = Field(description="The conversation's.")
    inbox_id: UUID
    solved_at: datetime
    state: State
    reason: Reason | Literal[""]
    question: str
    answer: str = Field(description="Markdown.")
    answer_html: str
    locale: str


class Counted(Out):
    """How many, at most 1,000; `capped` says there are more."""

    count: int
    capped: bool


class SolvedStatus(Out):
    """What there is, and how far conversations from before were looked through."""

    is_on: bool
    waiting: Counted
    in_use: Counted
    refused: Counted
    queued: Counted = Field(description="Looked at when they have been resolved long enough.")
    state: RunState
    total: int = Field(description="Resolved conversations when it began, at most 100,000.")
    looked: int
    started_at: datetime | None
    finished_at: datetime | None


class SimilarIn(In):
    """What is asked now."""

    text: Asked
    k: int = Field(5, ge=1, le=20)


class Similar(Out):
    """A solved conversation in which something like it was asked."""

    conversation_id: UUID
    question: str
    answer: str = Field(description="Markdown.")
    answer_html: str
    solved_at: datetime
    score: float = Field(description="Closeness in meaning, or of words where no model took part.")
