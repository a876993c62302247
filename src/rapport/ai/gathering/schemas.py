"""What the agent API says about facts. Output fields are always present."""

from typing import Annotated, Final, Literal, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from rapport.ai.gathering.facts import Fact
from rapport.ai.gathering.facts import Kind as Kind
from rapport.kernel.schemas import In, Out

MOST_FACTS: Final = 12
_MOST_LANGUAGES: Final = 20

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]
Label = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=1, max_length=80, pattern=r"^[^\x00\n:*]*$"
    ),
]
Line = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00\n]*$")
]
Labels = Annotated[dict[Language, Label], Field(min_length=1, max_length=_MOST_LANGUAGES)]
State = Literal["open", "asking", "complete", "given_up"]
Source = Literal["asked", "entity", "profile"]


class FactIn(In):
    """One thing to know about a wish of this kind. Texts are by language (`en`, `de` …)."""

    name: Key = Field(description="An attribute of customers with this key answers it, too.")
    kind: Kind
    labels: Labels
    is_required: bool = Field(True, description="What is not required is asked at most once.")
    reasons: Annotated[dict[Language, Line], Field(max_length=_MOST_LANGUAGES)] = Field(
        default_factory=dict, description="Why it is asked."
    )
    example: Annotated[Line, Field(max_length=80)] = ""
    choices: Annotated[dict[Key, Labels], Field(max_length=20)] = Field(
        default_factory=dict, description="What may be chosen, for `choice` alone."
    )
    pattern: Annotated[str, Field(max_length=40)] = Field(
        "", description="The name of one of the workspace's patterns, for `pattern` alone."
    )

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        if (self.kind == "choice") != (len(self.choices) > 1):
            raise ValueError("A choice needs at least two things to choose from, others none.")
        if (self.kind == "pattern") != bool(self.pattern):
            raise ValueError("A pattern needs the name of one, other kinds have none.")
        return self

    def fact(self) -> Fact:
        """The same for the core."""
        return Fact(**{name: getattr(self, name) for name in type(self).model_fields})


class FactsIn(In):
    """All that an intent needs, in the order in which it is asked for; it replaces what was."""

    facts: Annotated[list[FactIn], Field(max_length=MOST_FACTS)]

    @model_validator(mode="after")
    def _have_different_names(self) -> Self:
        if len({fact.name for fact in self.facts}) < len(self.facts):
            raise ValueError("Two facts have the same name.")
        return self


class FactOut(Out):
    """One thing to know about a wish of this kind."""

    name: str
    kind: Kind
    labels: dict[str, str]
    is_required: bool
    reasons: dict[str, str]
    example: str
    choices: dict[str, dict[str, str]]
    pattern: str


class IntentFactsOut(Out):
    """All that an intent needs."""

    intent_id: UUID
    facts: list[FactOut]


class KnownFactOut(FactOut):
    """One thing to know, and what is known of it in a conversation."""

    value: str | None
    source: Source | None = Field(
        description="Told when `asked`, named by the way (`entity`), or known of the customer."
    )
    tries: int = Field(description="How often it was asked for in vain.")
    is_refused: bool


class ConversationFactsOut(Out):
    """What is known in a conversation of what its wish needs; `open` is one nobody asked about."""

    intent_id: UUID | None
    state: State
    facts: list[KnownFactOut]
