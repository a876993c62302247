"""What a simulated model does next."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Call:
    """A tool the model asks for; `arguments` is what it writes, JSON or not."""

    name: str
    arguments: str = "{}"


@dataclass(frozen=True, slots=True)
class Say:
    """An answer: words, calls of tools, or a refusal.

    Streamed, it comes word by word, or `chunk` characters at a time; it breaks off without an end
    after `cut_after` pieces, or with the provider's error event after `stumbles_after`.
    """

    text: str = "Hello from the model."
    calls: tuple[Call, ...] = ()
    refusal: str = ""
    finish: Literal["stop", "length", "content_filter"] = "stop"
    input_tokens: int = 11
    output_tokens: int = 7
    after_s: float = 0.0
    chunk: int = 0
    cut_after: int | None = None
    stumbles_after: int | None = None

    @property
    def pieces(self) -> list[str]:
        """The text as a stream brings it."""
        if self.chunk:
            return [self.text[i : i + self.chunk] for i in range(0, len(self.text), self.chunk)]
        return re.findall(r"\s*\S+|\s+", self.text)


@dataclass(frozen=True, slots=True)
class Fail:
    """An error in the provider's documented form; `code` is the provider's word where it matters.

    `retry_after` is in seconds. A 429 without it, for OpenAI of the code `insufficient_quota`, will
    not pass by waiting.
    """

    status: int
    code: str = ""
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Garbage:
    """A 200 of something between us and the model that does not speak the protocol."""

    body: str = "<html>Welcome to the company's proxy</html>"
    media_type: str = "text/html"


@dataclass(frozen=True, slots=True)
class Hang:
    """No answer at all, until the caller gives up."""


Answer = Say | Fail | Garbage | Hang


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that was let in."""

    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]

    @property
    def said(self) -> str:
        """All the text that left our house in it, whatever it stands in."""
        return "\n".join(_texts(self.body))

    @property
    def last(self) -> str:
        """The text of the last message."""
        return "\n".join(_texts(self.body["messages"][-1]["content"]))


Choose = Callable[[Asked], Answer]


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [t for name, inner in value.items() if name != "type" for t in _texts(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in _texts(inner)]
    return []
