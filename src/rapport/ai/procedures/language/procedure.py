"""A procedure: its head, its slots, its steps."""

from collections.abc import Iterator
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from rapport.ai.gathering.schemas import Key
from rapport.ai.gathering.schemas import Kind as FactKind
from rapport.ai.procedures.language.parts import Condition, Part, Path, ProcedureId, Said
from rapport.ai.procedures.language.steps import Base, Block, Step
from rapport.ai.procedures.language.texts import Language

FORMAT: Final = 1
Identity = Literal["none", "known", "verified"]
LEVELS: Final[tuple[Identity, ...]] = ("none", "known", "verified")
Kind = Literal[FactKind, "name", "address", "postcode", "yes_no"]
"""What a slot holds: a kind of fact, or one of those that only procedures ask for.

`name` is a person's (`first_name`, `last_name`), `address` a postal one (`address1`, `address2`,
`city`, `state`, `zip`, `country`), `yes_no` true or false; all others are texts, numbers as number.
"""
Example = Annotated[str, StringConstraints(min_length=2, max_length=300)]


class When(Part):
    """When the procedure is for a customer."""

    intent: Annotated[str, Field(max_length=80)] | None = Field(
        None, description="The label of an intent that triage knows."
    )
    examples: dict[Language, list[Example]] = Field(
        default_factory=dict, description="What customers write who want this, by language."
    )
    condition: Condition | None = Field(
        None, alias="if", description="Must hold of `customer` and `conversation`."
    )


class Choice(Part):
    """Something that may be chosen, and the words for it."""

    value: Annotated[str, Field(min_length=1, max_length=200)]
    label: Said
    words: list[Annotated[str, Field(max_length=200)]] = Field(
        default_factory=list, description="Other words that mean it."
    )


class Slot(Part):
    """One thing to know from the customer. A slot that is not asked for is nothing."""

    kind: Kind
    ask: Said | None = Field(None, description="The question; else one is made of the label.")
    label: Said | None = Field(None, description="What it is called.")
    reason: Said | None = Field(None, description="Why it is asked.")
    example: Annotated[str, Field(max_length=80)] = ""
    choices: list[Choice] | Annotated[str, Field(pattern="^=", max_length=1_001)] | None = Field(
        None,
        description="For the kind `choice`: what may be chosen, or a formula for a list of "
        "texts or of things with `value` and `label`.",
    )
    pattern: str = Field("", description="For the kind `pattern`: the name of one of yours.")
    many: bool = Field(default=False, description="A list of such things.")
    optional: bool = False
    check: Condition | None = Field(None, description="Must hold of a value before it is taken.")
    otherwise: Said | None = Field(None, description="What is said where it does not.")

    @model_validator(mode="after")
    def _fits_its_kind(self) -> "Slot":
        if (self.kind == "choice") != (self.choices is not None):
            raise ValueError("`choices` belong to the kind `choice`, and to it alone.")
        if (self.kind == "pattern") != bool(self.pattern):
            raise ValueError("`pattern` belongs to the kind `pattern`, and to it alone.")
        if self.check is None and self.otherwise is not None:
            raise ValueError("`otherwise` is said where a `check` does not hold; there is none.")
        return self


def _languages(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


class Procedure(Part):
    """What is done step by step for a customer who wants one thing."""

    format: Literal[1]
    id: ProcedureId
    name: Annotated[str, Field(min_length=1, max_length=120)]
    description: Annotated[str, Field(max_length=2_000)] = ""
    languages: Annotated[list[Language], BeforeValidator(_languages), Field(min_length=1)] = Field(
        ["en"], description="In which its texts are; the first is that of texts that name none."
    )
    when: When = Field(default_factory=When)
    identity: Identity = "none"
    slots: dict[Key, Slot] = Field(default_factory=dict, max_length=40)
    steps: Block
    on_cancel: Block | None = Field(
        None, description="What is done when the customer calls it off, after all is undone."
    )

    def walk(self) -> Iterator[tuple[Path, Step]]:
        """Every step with where it stands, from top to bottom."""
        yield from walked(self.steps, ("steps",))
        yield from walked(self.on_cancel or [], ("on_cancel",))


def walked(block: list[Any], at: Path) -> Iterator[tuple[Path, Any]]:
    """The steps of a block and those within them, each with where it stands."""
    for place, step in enumerate(block):
        here = (*at, place)
        yield here, step
        assert isinstance(step, Base), "blocks hold steps"
        for path, steps in step.inside():
            yield from walked(steps, (*here, *path))
