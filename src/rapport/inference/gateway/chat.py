"""A chat that covers, counts, tries again, and writes down."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from rapport.inference import structured
from rapport.inference.errors import ChatDeclined
from rapport.inference.gateway import trace
from rapport.inference.gateway.budget import Hold, Ledger, tokens_of
from rapport.inference.gateway.cache import AnswerCache, key_of
from rapport.inference.gateway.chain import Asking, Attempt, Link, Pace
from rapport.inference.gateway.covering import Uncovering, covered, each_text, uncovered
from rapport.inference.gateway.trace import Trace
from rapport.inference.personal.service import Cover
from rapport.inference.ports import ChatMessage, ChatReply, LanguageModel, Tool
from rapport.kernel.database.engine import Database
from rapport.kernel.errors import RapportError


@dataclass(frozen=True, slots=True)
class About:
    """Who asks, what for, and for how long they wait."""

    workspace_id: UUID
    purpose: str
    conversation_id: UUID | None
    seconds: float
    keeps_words: bool


class GuardedChat:
    """The `Chat` of one purpose. The same value has the same name in all that it is asked."""

    def __init__(
        self,
        about: About,
        links: Sequence[Link],
        cover: Cover,
        *,
        database: Database,
        cache: AnswerCache,
        ledger: Ledger,
        pace: Pace,
    ) -> None:
        """Ask the models of `links`, the first one first."""
        self._about = about
        self._links = links
        self._cover = cover
        self._database = database
        self._cache = cache
        self._ledger = ledger
        self._pace = pace

    @property
    def name(self) -> str:
        """See `Chat.name`."""
        return self._links[0].endpoint.model

    async def reply(
        self,
        messages: Sequence[ChatMessage],
        *,
        tools: Sequence[Tool] = (),
        max_tokens: int = 1_000,
    ) -> ChatReply:
        """See `Chat.reply`."""
        question = _Question(covered(self._cover, messages), tools, None, max_tokens)
        return uncovered(self._cover, await self._answer(question, self._until()))

    async def structured(
        self,
        messages: Sequence[ChatMessage],
        schema: Mapping[str, Any],
        *,
        max_tokens: int = 1_000,
    ) -> dict[str, Any]:
        """See `Chat.structured`; values are put back when the form is right."""
        until = self._until()

        async def ask(
            dialogue: Sequence[ChatMessage], schema: Mapping[str, Any] | None
        ) -> ChatReply:
            return await self._answer(_Question(dialogue, (), schema, max_tokens), until)

        found = await structured.structured(ask, covered(self._cover, messages), schema)
        put_back: dict[str, Any] = each_text(found, self._cover.uncover)
        return put_back

    async def stream(
        self, messages: Sequence[ChatMessage], *, max_tokens: int = 1_000
    ) -> AsyncIterator[str]:
        """See `Chat.stream`."""
        question = _Question(covered(self._cover, messages), (), None, max_tokens)
        showing = Uncovering(self._cover)
        async with aclosing(self._pieces(question)) as pieces:
            async for piece in pieces:
                if shown := showing.take(piece):
                    yield shown
        if rest := showing.rest():
            yield rest

    def _until(self) -> float:
        """When nobody waits any more, by the loop's clock."""
        return asyncio.get_running_loop().time() + self._about.seconds

    async def _answer(self, question: "_Question", until: float) -> ChatReply:
        """The answer as the model gave it, covered."""
        async with self._traced(question, until) as (asking, noted):
            known = self._known(question, noted)
            if known is not None:
                return known
            async for attempt in asking.attempts():
                reply: ChatReply | None = None
                with attempt:
                    async with self._paid(question, attempt, noted) as paid:
                        async with asyncio.timeout_at(attempt.until):
                            reply = await question.send(attempt.model)
                        paid.append(reply)
                if reply is not None:
                    noted.answer = reply.text
                    self._remember(question, attempt, reply)
                    return reply
            raise asking.error

    async def _pieces(self, question: "_Question") -> AsyncGenerator[str]:
        """The answer's text as the model writes it, covered; an answer given lately in one."""
        async with self._traced(question, self._until()) as (asking, noted):
            known = self._known(question, noted)
            if known is not None:
                yield known.text
                return
            async for attempt in asking.attempts():
                whole: ChatReply | None = None
                with attempt:
                    async with self._paid(question, attempt, noted) as paid:
                        stream = attempt.model.stream(question.messages, max_tokens=question.most)
                        async for piece in _in_time(stream, attempt.until):
                            if isinstance(piece, ChatReply):
                                whole = piece
                                paid.append(piece)
                            else:
                                attempt.is_begun = True
                                noted.answer += piece
                                yield piece
                if whole is not None:
                    self._remember(question, attempt, whole)
                    return
            raise asking.error

    def _known(self, question: "_Question", noted: Trace) -> ChatReply | None:
        """What the first model answered to this lately."""
        known = self._cache.find(self._key(question))
        if known is not None:
            noted.is_cached, noted.endpoint = True, self._links[0].endpoint
            noted.answer = known.text
        return known

    def _remember(self, question: "_Question", attempt: Attempt, reply: ChatReply) -> None:
        if reply.is_whole and attempt.endpoint == self._links[0].endpoint:
            self._cache.keep(self._key(question), reply)

    @asynccontextmanager
    async def _traced(
        self, question: "_Question", until: float
    ) -> AsyncIterator[tuple[Asking, Trace]]:
        """Write the call down when it ends, however it does."""
        about = self._about
        asking = Asking(self._links, self._pace, until)
        noted = Trace(
            about.purpose,
            about.conversation_id,
            self._database.now(),
            dict(self._cover.counts),
            prompt=question.messages,
        )
        begun, error = time.perf_counter(), None
        try:
            yield asking, noted
        except BaseException as raised:
            error = raised
            raise
        finally:
            noted.ended(error)
            noted.latency_ms = round((time.perf_counter() - begun) * 1_000)
            noted.tried = asking.tried
            noted.endpoint = noted.endpoint or asking.last
            await trace.keep(
                self._database, about.workspace_id, noted, keeps_words=about.keeps_words
            )

    @asynccontextmanager
    async def _paid(
        self, question: "_Question", attempt: Attempt, noted: Trace
    ) -> AsyncIterator[list[ChatReply]]:
        """Count the most that an attempt may cost, and in the end what it did.

        What the provider may have billed though we did not see it counts as estimated.
        """
        hold = await self._ledger.reserve(attempt.endpoint, question.tokens, question.most)
        replies: list[ChatReply] = []
        error: BaseException | None = None
        try:
            yield replies
        except BaseException as raised:
            error = raised
            raise
        finally:
            used = _used(replies, error, hold, noted.answer if attempt.is_begun else None)
            noted.cost += await self._ledger.settle(hold, *used)
            noted.input_tokens += used[0]
            noted.output_tokens += used[1]

    def _key(self, question: "_Question") -> bytes:
        return key_of(
            self._about.workspace_id,
            self._links[0].endpoint,
            question.messages,
            question.tools,
            question.schema,
            question.most,
        )


@dataclass(frozen=True, slots=True)
class _Question:
    """What is sent: covered messages, and what the answer may be."""

    messages: Sequence[ChatMessage]
    tools: Sequence[Tool]
    schema: Mapping[str, Any] | None
    most: int
    """Tokens of the answer."""

    @property
    def tokens(self) -> int:
        """How many tokens are sent at most."""
        texts = [message.text for message in self.messages]
        texts += [str(call.arguments) for it in self.messages for call in it.tool_calls]
        texts += [f"{tool.name}{tool.description}{tool.parameters}" for tool in self.tools]
        return tokens_of([*texts, str(self.schema or "")])

    async def send(self, model: LanguageModel) -> ChatReply:
        """Ask a model."""
        return await model.reply(
            self.messages, tools=self.tools, schema=self.schema, max_tokens=self.most
        )


async def _in_time(
    stream: AsyncIterator[str | ChatReply], until: float
) -> AsyncIterator[str | ChatReply]:
    """The pieces of a stream, each of which must have come when the loop's clock shows `until`."""
    while True:
        async with asyncio.timeout_at(until):
            piece = await anext(stream, None)
        if piece is None:
            return
        yield piece


def _used(
    replies: Sequence[ChatReply], error: BaseException | None, hold: Hold, seen: str | None
) -> tuple[int, int]:
    """Tokens that an attempt used; `seen` is what a stream has brought, None before its begin."""
    if replies:
        return replies[0].input_tokens, replies[0].output_tokens
    if seen is not None:
        return hold.input_tokens, tokens_of([seen])
    if isinstance(error, ChatDeclined):
        return hold.input_tokens, 0
    if isinstance(error, RapportError):
        return 0, 0
    return hold.input_tokens, hold.output_tokens  # it timed out, or nobody waited for it
