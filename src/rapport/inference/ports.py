"""What Rapport asks of models. Every port has one adapter and one fake; all work without a network.

A port states what the caller gets, never whose model it is. Nothing a model returns is trusted:
text is data until somebody has checked it.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray


class Embedder(Protocol):
    """Turns texts into vectors that lie close together when their meanings do."""

    @property
    def name(self) -> str:
        """Names the model and its making: vectors of two names must never be compared."""

    @property
    def dimensions(self) -> int:
        """Numbers per vector."""

    def speaks(self, locale: str) -> bool:
        """Whether the model understands the language of `locale` (`de`, `pt-BR` …)."""

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed any number of texts; what exceeds the model's window is cut off at the end.

        A text's vector does not depend on its neighbours in the call.

        Returns:
            One row per text, in their order: len(texts) x dimensions, rows of unit length.

        Raises:
            Unreachable: the provider did not answer.
            ModelMissing: the local model's files have gone.
            ModelDamaged: the local model's files are not what was built.
        """


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


class Chat(Protocol):
    """A language model that continues a dialogue."""

    @property
    def name(self) -> str:
        """The model, as the provider calls it."""

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
        """

    def stream(
        self, messages: Sequence[ChatMessage], *, max_tokens: int = 1_000
    ) -> AsyncIterator[str]:
        """The answer's text, piece by piece as it is written. Raises as `reply` does."""
