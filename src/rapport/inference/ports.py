"""What Rapport asks of models. Every port has one adapter and one fake; all work without a network.

A port states what the caller gets, never whose model it is. Nothing a model returns is trusted:
text is data until somebody has checked it.
"""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from rapport.kernel.context import Ctx


class Embedder(Protocol):
    """Turns texts into vectors that lie close together when their meanings do."""

    @property
    def name(self) -> str:
        """Names the model and its making: vectors of two names must never be compared."""

    @property
    def dimensions(self) -> int:
        """Numbers per vector; 0 while a model that runs elsewhere has not been asked yet."""

    def speaks(self, locale: str) -> bool:
        """Whether the model understands the language of `locale` (`de`, `pt-BR` …)."""

    async def embed(
        self,
        texts: Sequence[str],
        *,
        workspace_id: UUID | None = None,
        background: bool = False,
    ) -> NDArray[np.float32]:
        """Embed any number of texts; what exceeds the model's window is cut off at the end.

        A text's vector does not depend on its neighbours in the call. Somebody waits for the
        answer unless `background` says that nobody does; workspaces that ask at once take turns.
        A call that is cancelled is not finished in vain.

        Returns:
            One row per text, in their order: len(texts) x dimensions, rows of unit length.

        Raises:
            EmbedderBusy: too many texts wait already; trying again helps.
            Unreachable: the provider did not answer.
            EmbeddingsRefused, EmbeddingsUnusable: it did, and trying again will not help.
            ModelMissing: the local model's files have gone.
            ModelDamaged: the local model's files are not what was built.
        """


class Embedders(Protocol):
    """Opens again a model that was used before, while its vectors still answer questions."""

    def describe(self, name: str) -> str:
        """What `open` needs to reach the model called `name` later; empty where it needs nothing.

        It may hold a key: whoever keeps it keeps it sealed.
        """

    def open(self, name: str, description: str) -> Embedder | None:
        """The model called `name`; None when this process cannot ask it any more."""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool the model asks to have called; the arguments are its words and not yet checked."""

    id: str
    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """One turn of a dialogue with a language model.

    A `tool` message answers the call `tool_call_id` of an earlier `assistant` message.
    """

    role: Literal["system", "user", "assistant", "tool"]
    text: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str = ""
    tool_name: str = ""


@dataclass(frozen=True, slots=True)
class Tool:
    """A function the model may ask for; `parameters` is a JSON schema of type object."""

    name: str
    description: str
    parameters: Mapping[str, Any] = field(
        default_factory=lambda: {"type": "object", "properties": {}}
    )


@dataclass(frozen=True, slots=True)
class ChatReply:
    """What the model said, and what it cost in tokens."""

    text: str
    tool_calls: tuple[ToolCall, ...]
    model: str
    input_tokens: int
    output_tokens: int
    is_whole: bool = True
    """False when `max_tokens` were not enough: the text ends anywhere."""


class LanguageModel(Protocol):
    """One model at one address. It never tries again by itself: whoever asks knows who waits."""

    @property
    def name(self) -> str:
        """The model, as the provider calls it."""

    async def reply(
        self,
        messages: Sequence[ChatMessage],
        *,
        tools: Sequence[Tool] = (),
        schema: Mapping[str, Any] | None = None,
        max_tokens: int = 1_000,
    ) -> ChatReply:
        """The whole answer at once, with temperature 0.

        With a `schema`, a JSON schema of type object, a provider that can hold its model to it
        does; the text is not yet checked.

        Raises:
            ChatUnreachable: no answer in time, or the provider failed.
            ChatBusy: too many requests; `retry_after` says when to come back, if known.
            ChatRefused: the request, the model's name or the key was not accepted.
            ChatDeclined: the model would not answer this.
        """

    def stream(
        self, messages: Sequence[ChatMessage], *, max_tokens: int = 1_000
    ) -> AsyncIterator[str | ChatReply]:
        """The answer's text, piece by piece as it is written, and at the end the whole.

        Raises as `reply` does; one that breaks off ends with ChatUnreachable.
        """


class Chat(Protocol):
    """A language model that continues a dialogue, for one purpose of one workspace."""

    @property
    def name(self) -> str:
        """The model that is asked first, as the provider calls it."""

    async def reply(
        self,
        messages: Sequence[ChatMessage],
        *,
        tools: Sequence[Tool] = (),
        max_tokens: int = 1_000,
    ) -> ChatReply:
        """The whole answer at once.

        Raises:
            ChatUnreachable: no answer in time, or the provider failed.
            ChatBusy: too many requests; `retry_after` says when to come back, if known.
            ChatRefused: the request, the model's name or the key was not accepted.
            ChatDeclined: the model would not answer this.
            BudgetSpent: the workspace's budget does not allow for it.
        """

    async def structured(
        self,
        messages: Sequence[ChatMessage],
        schema: Mapping[str, Any],
        *,
        max_tokens: int = 1_000,
    ) -> dict[str, Any]:
        """The answer as an object that fits a JSON schema (see `structured.KEYWORDS`).

        A model that misses it is told what was wrong, at most twice.

        Raises:
            AnswerUnfit: it missed it a third time; else as `reply`.
        """

    def stream(
        self, messages: Sequence[ChatMessage], *, max_tokens: int = 1_000
    ) -> AsyncIterator[str]:
        """The answer's text, piece by piece as it is written. Raises as `reply` does."""


class Chats(Protocol):
    """Who may talk to a language model, and how: each caller opens its own chat."""

    async def open(
        self,
        ctx: Ctx,
        purpose: str,
        *,
        within_s: float | None = None,
        conversation_id: UUID | None = None,
        names: Iterable[str] = (),
    ) -> Chat | None:
        """A chat for `ctx`'s workspace; None where no model is configured.

        `purpose` is a word of ours by which the cost is told apart. An answer takes `within_s`
        seconds at most, less where the workspace allows less. `names` of people are covered, like
        all that is found to be somebody's, before anything leaves the machine. What is asked about
        a conversation is erased with it.
        """
