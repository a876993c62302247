"""What the agent API says about attributes."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from rapport.kernel.schemas import In, Out

AttributeKind = Literal["text", "number", "date", "bool", "choice"]
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Choices = Annotated[list[Label], Field(max_length=100)]
Key = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[\w .:-]+$")]


class AttributeDefinitionOut(Out):
    """An attribute that customers have here."""

    id: UUID
    key: str
    label: str
    kind: AttributeKind
    choices: list[str]
    position: int
    is_archived: bool


class AttributeDefinitionIn(In):
    """A new attribute; values that are there already under its key stay."""

    key: Key
    label: Label
    kind: AttributeKind
    choices: Choices = Field(default_factory=list)


class AttributeDefinitionPatch(In):
    """What to change of an attribute. Its key and its kind stay."""

    label: Label | None = None
    choices: Choices | None = None
    position: int | None = Field(None, ge=0, le=10_000)
    is_archived: bool | None = None
