"""How a workspace wants its messages read."""

from functools import lru_cache
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from rapport.ai.triage.entities import PatternRefused, Patterns, Products, check
from rapport.ai.triage.entities.patterns import MOST as MOST_PATTERNS
from rapport.ai.triage.priority import Weights
from rapport.ai.triage.spam.scoring import THRESHOLD
from rapport.kernel.settings.workspace import register

MOST_PRODUCTS: Final = 500
_Line = StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\n]*$")
Share = Annotated[float, Field(ge=0, le=1)]


class Pattern(BaseModel):
    """A form of the workspace's own that messages are searched for, e.g. a contract's number."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(max_length=40)
    pattern: str = Field(max_length=300, description="In the syntax of RE2.")


class Product(BaseModel):
    """Something the workspace sells, by the names it has with customers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, _Line] = Field(description="What stands for it, e.g. its article number.")
    names: tuple[Annotated[str, _Line], ...] = Field(min_length=1, max_length=20)


class TriageSettings(BaseModel):
    """How a workspace wants its messages read."""

    model_config = ConfigDict(extra="forbid")

    is_on: bool = Field(True, description="Off: what comes in meanwhile is not read.")
    sets_topic: bool = Field(True, description="Give conversations the topic of a known intent.")
    sets_priority: bool = Field(True, description="Give conversations the priority that was read.")
    topic_from: Share = Field(
        0.6, description="How sure a known intent must be to become the topic."
    )
    spam_from: Share = Field(THRESHOLD, description="From here on a message is marked as spam.")
    weights: Weights = Field(default_factory=Weights)
    patterns: tuple[Pattern, ...] = Field((), max_length=MOST_PATTERNS)
    products: tuple[Product, ...] = Field((), max_length=MOST_PRODUCTS)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        for kind, names in (
            ("patterns", [it.name for it in self.patterns]),
            ("products", [it.id for it in self.products]),
        ):
            if len(set(names)) < len(names):
                raise ValueError(f"Two of the {kind} have the same name.")
        for it in self.patterns:
            refused = _refused(it.name, it.pattern)
            if refused is not None:
                raise ValueError(f"{it.name}: {refused}")
        return self


register("triage", TriageSettings, needs="assistant.manage")


@lru_cache(1_000)
def _refused(name: str, pattern: str) -> str | None:
    """Why a pattern cannot be used; None when it can."""
    try:
        check(name, pattern, "")
    except PatternRefused as error:
        return error.detail
    return None


@lru_cache(50)
def patterns_of(written: tuple[Pattern, ...]) -> Patterns:
    """A workspace's patterns, compiled once."""
    return Patterns({it.name: it.pattern for it in written})


@lru_cache(50)
def products_of(known: tuple[Product, ...]) -> Products:
    """A workspace's products, as an index made once."""
    return Products({it.id: it.names for it in known})
