"""Models for tests: no files, no network, always the same answer."""

import hashlib
import re
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rapport.inference.ports import ChatMessage, ChatReply, Tool


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

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
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
    """Answers with `answer(messages)` and remembers what it was asked."""

    answer: Callable[[Sequence[ChatMessage]], str] = lambda messages: messages[-1].text
    name: str = "fake-chat"
    asked: list[list[ChatMessage]] = field(default_factory=list)

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

    async def stream(
        self, messages: Sequence[ChatMessage], *, max_tokens: int = 1_000
    ) -> AsyncIterator[str]:
        """See `Chat.stream`; one word at a time."""
        self.asked.append(list(messages))
        for word in re.findall(r"\S+\s*", self.answer(messages)):
            yield word
