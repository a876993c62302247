"""What the agent API says about triage. Output fields are always present."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from rapport.ai.triage.settings import Pattern, Product, Share
from rapport.ai.triage.urgency.model import Emotion, Level
from rapport.kernel.schemas import In, Out

Priority = Literal["low", "normal", "high", "urgent"]
Source = Literal["typed", "correction", "queue", "tag"]
Corrected = Literal["intents", "language", "emotion", "urgency", "spam", "priority"]
MAX_EXAMPLE_CHARS = 2_000
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=r"^[^\x00\n]*$"),
]
About = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=500, pattern=r"^[^\x00]*$")
]
Typed = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_EXAMPLE_CHARS)
]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]
IntentIds = Annotated[list[UUID], Field(max_length=5)]
Tags = Annotated[list[UUID], Field(max_length=20)]


class IntentGuess(Out):
    """Something a message may be about."""

    intent_id: UUID
    probability: float | None = Field(description="None where a person said so.")


class PriorityReason(Out):
    """What adds to a priority, or takes off: by how many points, and how much there is of it."""

    code: str
    points: int
    amount: int | None


class EntityOut(Out):
    """A part of a message, from `start` up to `end`, counted in Unicode characters of its body.

    `value` is what it stands for in one form, e.g. `2026-05-12`; None where that would tell who
    somebody is, and only its place is kept.
    """

    kind: str
    start: int
    end: int
    value: str | None


class Said(Out):
    """What the machine said where a person has said something else since."""

    intents: list[IntentGuess]
    is_known: bool
    language: str | None
    emotion: Emotion
    urgency: Level
    is_spam: bool
    priority: Priority


class ReadingOut(Out):
    """What a customer's message is about and how it is meant, with people's corrections in it."""

    message_id: UUID
    conversation_id: UUID
    seq: int
    read_at: datetime
    model_id: UUID | None
    intents: list[IntentGuess] = Field(description="The likeliest first.")
    is_known: bool = Field(description="Whether the first intent is sure enough to be said.")
    language: str | None
    language_probability: float
    emotion: Emotion
    strength: float
    emotions: dict[str, float]
    urgency: Level
    levels: dict[str, float]
    wants_person: float
    flags: dict[str, float]
    spam: float
    is_spam: bool
    spam_reasons: list[str]
    expertise: Literal["novice", "ordinary", "expert"]
    expertise_confidence: float
    score: int = Field(description="The priority as a number from 0 to 100.")
    priority: Priority
    priority_reasons: list[PriorityReason]
    entities: list[EntityOut]
    corrected: list[Corrected]
    corrected_by: str | None
    corrected_at: datetime | None
    machine: Said
    milliseconds: float


class CorrectionIn(In):
    """What is so instead; what is left out stays. No intents: the message belongs nowhere."""

    intent_ids: IntentIds | None = None
    language: Language | None = None
    emotion: Emotion | None = None
    urgency: Level | None = None
    is_spam: bool | None = None
    priority: Priority | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_dump(exclude_none=True):
            raise ValueError("Say at least one thing that is so instead.")
        return self


class LabelIn(In):
    """What a message of the queue is about: intents, nothing that is known, or skip it."""

    intent_ids: IntentIds = Field(default_factory=list, description="None of them: nowhere.")
    is_skipped: bool = False

    @model_validator(mode="after")
    def _is_clear(self) -> Self:
        if self.is_skipped and self.intent_ids:
            raise ValueError("Either skip the message or say what it is about.")
        return self


class QueuedOut(Out):
    """A message of which a label would teach something."""

    message_id: UUID
    conversation_id: UUID
    number: int
    seq: int
    said_at: datetime
    text: str
    language: str | None
    intents: list[IntentGuess]
    doubt: float = Field(description="From 0 to 1; 0 where there was no model to doubt.")


class IntentIn(In):
    """Something that messages may be about."""

    name: Name
    description: About = ""
    topic: Name | None = Field(None, description="The topic to set; none for the name.")
    tag_ids: Tags = Field(
        default_factory=list,
        description="Conversations with one of these tags began with an example of it.",
    )


class IntentPatch(In):
    """What to change about an intent; absent fields stay."""

    name: Name | None = None
    description: About | None = None
    topic: Name | None = Field(None, description="Null for the name.")
    tag_ids: Tags | None = None
    is_archived: bool | None = None


class IntentOut(Out):
    """Something that messages may be about."""

    id: UUID
    name: str
    description: str
    topic: str | None
    tag_ids: list[UUID]
    archived_at: datetime | None


class IntentRow(IntentOut):
    """An intent of the list, with how many examples teach it; beyond 500 it says 500."""

    typed: int
    labelled: int


class ExamplesIn(In):
    """Texts about an intent, each as a customer would write it."""

    examples: list[Typed] = Field(min_length=1, max_length=100)


class ExampleOut(Out):
    """A text about an intent. Of a message it is the message's own, as it is now."""

    id: UUID
    text: str
    source: Source
    message_id: UUID | None
    conversation_id: UUID | None
    seq: int | None
    created_at: datetime


class TriageOut(Out):
    """How a workspace's messages are read, and which model says what they are about."""

    is_on: bool
    sets_topic: bool
    sets_priority: bool
    topic_from: float
    spam_from: float
    weights: dict[str, float]
    patterns: list[Pattern]
    products: list[Product]
    model_id: UUID | None


class TriagePatch(In):
    """What to change about it; absent fields stay, lists are replaced."""

    is_on: bool | None = None
    sets_topic: bool | None = None
    sets_priority: bool | None = None
    topic_from: Share | None = None
    spam_from: Share | None = None
    weights: dict[str, float] | None = None
    patterns: list[Pattern] | None = None
    products: list[Product] | None = None


class PatternTrialIn(In):
    """A pattern to try on an example; nothing is stored."""

    name: str = Field(max_length=40)
    pattern: str = Field(max_length=1_000)
    example: str = Field(max_length=1_000)


class PatternMatch(Out):
    """Where a pattern fits, in characters of the example, and what it stands for."""

    start: int
    end: int
    text: str


class PatternTrialOut(Out):
    """What a pattern finds."""

    found: list[PatternMatch]
