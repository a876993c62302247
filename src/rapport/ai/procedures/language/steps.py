"""The steps of a procedure. A step is known by its first word; blocks of steps lie within it."""

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import (
    Discriminator,
    Field,
    Tag,
    model_validator,
)

from rapport.ai.gathering.schemas import Key
from rapport.ai.procedures.language.durations import Duration
from rapport.ai.procedures.language.parts import (
    ActionName,
    Condition,
    Names,
    Note,
    Part,
    Path,
    ProcedureId,
    Said,
    Values,
)

Block = Annotated[list["Step"], Field(min_length=1, max_length=100)]
END: Final = "end"
"""The place that every procedure has: `go: end`."""


class Base(Part):
    """What every step may have."""

    blocks: ClassVar[tuple[str, ...]] = ()
    """The fields that hold steps, in the order of the file."""
    name: Key | None = Field(None, description="What `go` calls this step.")

    def inside(self) -> Iterator[tuple[Path, list["Step"]]]:
        """The blocks of steps within this one, and where each stands in it."""
        for name in self.blocks:
            steps = getattr(self, name)
            if steps:
                yield (name,), steps


class Say(Base):
    """Tell the customer something."""

    say: Said


class Ask(Base):
    """Ask the customer for slots that are not known yet.

    `otherwise` is done where they cannot or will not tell; without it a person takes over.
    """

    blocks = ("otherwise",)
    ask: Names
    otherwise: Block | None = None


class Branch(Part):
    """One way of a decision."""

    condition: Condition = Field(alias="if")
    steps: Block


class Otherwise(Part):
    """The way of a decision where no condition before it is met; the last one."""

    otherwise: Block


def _kind_of_branch(value: Any) -> str:
    if isinstance(value, dict):
        return "otherwise" if "otherwise" in value and "if" not in value else "if"
    return "otherwise" if isinstance(value, Otherwise) else "if"


class Decide(Base):
    """Take the first way whose condition is met; none, where none is."""

    decide: Annotated[
        list[
            Annotated[
                Annotated[Branch, Tag("if")] | Annotated[Otherwise, Tag("otherwise")],
                Discriminator(_kind_of_branch),
            ]
        ],
        Field(min_length=1, max_length=20),
    ]

    @model_validator(mode="after")
    def _otherwise_comes_last(self) -> "Decide":
        if any(isinstance(branch, Otherwise) for branch in self.decide[:-1]):
            raise ValueError("`otherwise` is the last way of a decision.")
        return self

    def inside(self) -> Iterator[tuple[Path, list["Step"]]]:
        """See `Base.inside`."""
        for place, branch in enumerate(self.decide):
            if isinstance(branch, Branch):
                yield ("decide", place, "steps"), branch.steps
            else:
                yield ("decide", place, "otherwise"), branch.otherwise


class Undo(Part):
    """What makes an action undone."""

    do: ActionName
    arguments: Values = Field(default_factory=dict, alias="with")


class Do(Base):
    """Do an action.

    Unless it only reads, the customer is asked beforehand: `confirm` is the question. `as` keeps
    the result under a name. `on_error` is done where it failed, with `error` as its reason;
    without it a person takes over. `otherwise` is done where the customer does not agree; without
    it the procedure ends.
    """

    blocks = ("on_error", "otherwise")
    do: ActionName
    arguments: Values = Field(default_factory=dict, alias="with")
    result: Key | None = Field(None, alias="as")
    confirm: Said | None = None
    undo: Undo | None = None
    at_most: Duration | None = None
    on_error: Block | None = None
    otherwise: Block | None = None


class Set(Base):
    """Give names to values."""

    set: Annotated[Values, Field(min_length=1)]


class Signal(Part):
    """Something that comes from outside: an event of this name, or a call of this webhook.

    `where` must hold of it; its content is `event` there.
    """

    event: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.]{0,79}$")] | None = None
    webhook: Key | None = None
    where: Condition | None = None

    @model_validator(mode="after")
    def _is_one(self) -> "Signal":
        if (self.event is None) == (self.webhook is None):
            raise ValueError("Wait for an `event` or for a `webhook`, one of them.")
        return self


def _kind_of_wait(value: Any) -> str:
    return "signal" if isinstance(value, (dict, Signal)) else "time"


class Wait(Base):
    """Wait for a length of time, or for something from outside for `at_most` so long.

    `as` keeps what came under a name; `otherwise` is done where nothing came in time.
    """

    blocks = ("otherwise",)
    wait: Annotated[
        Annotated[Duration, Tag("time")] | Annotated[Signal, Tag("signal")],
        Discriminator(_kind_of_wait),
    ]
    at_most: Duration | None = None
    result: Key | None = Field(None, alias="as")
    otherwise: Block | None = None

    @model_validator(mode="after")
    def _ends(self) -> "Wait":
        if isinstance(self.wait, Signal) and self.at_most is None:
            raise ValueError("Say with `at_most` how long to wait; nothing waits for ever.")
        return self


class Approve(Base):
    """Have a person agree; `otherwise` is done where they refuse, or do not answer in time."""

    blocks = ("otherwise",)
    approve: Note
    by: Annotated[str, Field(max_length=80, description="A team; else anybody who may.")] | None = (
        None
    )
    at_most: Duration | None = None
    otherwise: Block | None = None


class Call(Base):
    """Go through another procedure, and come back; `with` fills its slots."""

    call: ProcedureId
    arguments: Values = Field(default_factory=dict, alias="with")
    result: Key | None = Field(None, alias="as")


class HandOver(Base):
    """Give the conversation to a person, with a note; the procedure ends."""

    hand_over: Note
    queue: Annotated[str, Field(max_length=80)] | None = None
    skill: Annotated[str, Field(max_length=80)] | None = None


class Go(Base):
    """Go on at the step of this name, or at the `end`."""

    go: Key


KINDS: Final[tuple[type[Base], ...]] = (
    Say,
    Ask,
    Decide,
    Do,
    Set,
    Wait,
    Approve,
    Call,
    HandOver,
    Go,
)
WORDS: Final = ("say", "ask", "decide", "do", "set", "wait", "approve", "call", "hand_over", "go")


def _word_of(value: Any) -> str | None:
    if isinstance(value, dict):
        found = [word for word in WORDS if word in value]
        return found[0] if len(found) == 1 else None
    return next((w for w, kind in zip(WORDS, KINDS, strict=True) if isinstance(value, kind)), None)


Step = Annotated[
    Annotated[Say, Tag("say")]
    | Annotated[Ask, Tag("ask")]
    | Annotated[Decide, Tag("decide")]
    | Annotated[Do, Tag("do")]
    | Annotated[Set, Tag("set")]
    | Annotated[Wait, Tag("wait")]
    | Annotated[Approve, Tag("approve")]
    | Annotated[Call, Tag("call")]
    | Annotated[HandOver, Tag("hand_over")]
    | Annotated[Go, Tag("go")],
    Discriminator(
        _word_of,
        custom_error_type="no_step",
        custom_error_message="A step begins with exactly one of: " + ", ".join(WORDS) + ".",
    ),
]
Kind = Literal["say", "ask", "decide", "do", "set", "wait", "approve", "call", "hand_over", "go"]


def word_of(step: Base) -> str:
    """The first word of a step."""
    return WORDS[KINDS.index(type(step))]


_PARTS: Final[tuple[type[Part], ...]] = (*KINDS, Branch, Otherwise)
for _part in _PARTS:
    _part.model_rebuild()
