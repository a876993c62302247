"""What the agent API says about the assistant. Output fields are always present."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from rapport.kernel.schemas import In, Out
from rapport.knowledge.schemas import DocumentKind

Decision = Literal["answered", "handed_over", "silent"]
Reason = Literal[
    "confident",
    "greeting",
    "thanks",
    "asked_for_a_person",
    "not_helpful",
    "nothing_found",
    "not_sure",
    "ambiguous",
    "words_missing",
    "would_repeat",
    "no_question",
    "asked_back",
    "facts_known",
    "facts_missing",
]

Mode = Literal["hybrid", "words", ""]
Wording = Literal["embedded", "configured"]

Share = Annotated[float, Field(ge=0, le=1)]
Line = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=60, pattern=r"^[^\x00\n]*$")
]
Text = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=1_000, pattern=r"^[^\x00]*$")
]
Question = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]


class AssistantOut(Out):
    """How the assistant of an inbox is set up."""

    inbox_id: UUID
    enabled: bool
    threshold: float
    margin: float
    coverage: float
    name: str
    greeting: str
    handover_text: str


class AssistantPatch(In):
    """What to change about an inbox's assistant; absent fields stay."""

    enabled: bool | None = None
    threshold: Share | None = Field(None, description="The confidence an answer needs.")
    margin: Share | None = Field(None, description="The lead it needs over the next article.")
    coverage: Share | None = Field(
        None, description="The share of the question's words the source must contain."
    )
    name: Line | None = Field(None, description="How it signs.")
    greeting: Text | None = Field(None, description="Its answer to a mere hello.")
    handover_text: Text | None = Field(
        None, description="What it says when it hands over; empty for the usual words."
    )


class CandidateOut(Out):
    """A document the assistant considered, and the part of it that fits best.

    Of a solved conversation there are no words here; its `article_id` is the conversation's id.
    """

    article_id: UUID
    kind: DocumentKind | None = Field(description="Null in what was kept before kinds were.")
    solved_at: datetime | None = Field(description="When a solved conversation was; else null.")
    title: str
    url: str
    score: float = Field(description="Closeness in meaning, or of words where no model took part.")
    quote: str
    used: bool

    @model_validator(mode="before")
    @classmethod
    def _from_before(cls, kept: Any) -> Any:
        """What was kept before there were kinds."""
        return {"kind": None, "solved_at": None, **kept} if isinstance(kept, dict) else kept


class HowOut(Out):
    """By what means something was found and worded, and how long each step took."""

    mode: Mode = Field(
        description="How it was looked up: by meaning and words, by words alone where no embedding "
        "model took part; empty when nothing was."
    )
    wording: Wording | None = Field(
        description="`embedded`: in the article's own words; `configured`: in those of a language "
        "model; null when nothing was worded from an article, or nobody kept it."
    )
    model: str | None = Field(description="The language model whose words they are.")
    timings: dict[str, float] = Field(
        description="Milliseconds of each step that was taken: `retrieve_ms`, `compose_ms` and, "
        "of that, `model_ms` for the language model, also when its words were not used."
    )


class AnswerOut(HowOut):
    """What the assistant made of one question, and why."""

    id: UUID
    conversation_id: UUID
    message_id: UUID | None
    question: str
    decision: Decision
    reason: Reason
    confidence: float
    candidates: list[CandidateOut]
    created_at: datetime


class TryIn(In):
    """A question to try out; nothing is stored or sent."""

    inbox_id: UUID
    question: Question


class TryOut(HowOut):
    """What the assistant would do."""

    decision: Decision
    reason: Reason
    confidence: float
    body: str
    html: str
    candidates: list[CandidateOut]
