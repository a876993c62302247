"""Models for tests: no files, no network, always the same answer."""

import hashlib
import re
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from rapport.inference.ports import ChatMessage, ChatReply, Tool
from rapport.inference.structured import structured
from rapport.kernel.context import Ctx


@dataclass
class FakeEmbedder:
    """Texts that share words lie close together; `synonyms` says which word one stands for."""

    synonyms: dict[str, str] = field(default_factory=dict)
    languages: frozenset[str] = frozenset({"en"})
    name: str = "fake/1"
    dimensions: int = 384
    calls: list[list[str]] = field(default_factory=list)

    def speaks(self, locale: str) -> bool:
        """See `Embedder.speaks`."""
        return locale.split("-")[0] in self.languages

    async def embed(
        self,
        texts: Sequence[str],
        *,
        workspace_id: UUID | None = None,
        background: bool = False,
    ) -> NDArray[np.float32]:
        """See `Embedder.embed`."""
        self.calls.append(list(texts))
        return np.array([self._vector(t) for t in texts], np.float32).reshape(-1, self.dimensions)

    def _vector(self, text: str) -> NDArray[np.float32]:
        words = {self.synonyms.get(w, w) for w in re.findall(r"\w+", text.lower())} or {""}
        total = np.sum([self._word(w) for w in sorted(words)], axis=0)
        return np.asarray(total / np.linalg.norm(total), dtype=np.float32)

    def _word(self, word: str) -> NDArray[np.float32]:
        seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8])
        return np.random.default_rng(seed).standard_normal(self.dimensions, dtype=np.float32)


@dataclass
class FakeChat:
    """Answers with `answer(messages)` and remembers what it was asked; a `Chat` for everybody."""

    answer: Callable[[Sequence[ChatMessage]], str] = lambda messages: messages[-1].text
    name: str = "fake-chat"
    asked: list[list[ChatMessage]] = field(default_factory=list)
    purposes: list[str] = field(default_factory=list)

    async def open(
        self,
        ctx: Ctx,
        purpose: str,
        *,
        within_s: float | None = None,
        conversation_id: UUID | None = None,
        names: Iterable[str] = (),
    ) -> Self:
        """See `Chats.open`; provide it as `Chats`."""
        self.purposes.append(purpose)
        return self

    async def reply(
        self,
        messages: Sequence[ChatMessage],
        *,
        tools: Sequence[Tool] = (),
        max_tokens: int = 1_000,
    ) -> ChatReply:
        """See `Chat.reply`; no tool is ever asked for."""
        self.asked.append(list(messages))
        return ChatReply(self.answer(messages), (), self.name, input_tokens=0, output_tokens=0)

    async def structured(
        self,
        messages: Sequence[ChatMessage],
        schema: Mapping[str, Any],
        *,
        max_tokens: int = 1_000,
    ) -> dict[str, Any]:
        """See `Chat.structured`; what `answer` says is JSON."""
        return await structured(lambda dialogue, _: self.reply(dialogue), messages, schema)

    async def stream(
        self, messages: Sequence[ChatMessage], *, max_tokens: int = 1_000
    ) -> AsyncIterator[str]:
        """See `Chat.stream`; one word at a time."""
        self.asked.append(list(messages))
        for word in re.findall(r"\S+\s*", self.answer(messages)):
            yield word
