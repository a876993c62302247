"""One HTTP server that speaks OpenAI's Chat Completions and Embeddings and Anthropic's Messages."""

import asyncio
import itertools
import json
from collections import Counter, deque
from typing import Any, Final, Self

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.make.serving import listening
from tests.models_simulator import anthropic, openai
from tests.models_simulator.embeddings import embed
from tests.models_simulator.script import Answer, Asked, Choose, Garbage, Hang, Say

KEY: Final = "sk-simulated"
MODELS: Final = frozenset({"tiny", "large", "claude-tiny", "claude-new", "embed-small"})


class ModelsSimulator:
    """The providers' servers on a free port of the loopback, for `async with`.

    `next` says what comes; without anything there it is `otherwise`. What was let in, in `asked`.
    """

    def __init__(self, *, port: int = 0) -> None:
        """Listen on `port`, or on a free one."""
        self.asked: list[Asked] = []
        self.otherwise: Answer | Choose = Say()
        self.shuffled = False
        """Whether embeddings come in another order than the texts, each with its index."""
        self.port = port
        self.connections = 0
        """Requests that came in, refused ones included."""
        self.busiest = 0
        """The most that were answered at the same time."""
        self._now = 0
        self._next: deque[Answer] = deque()
        self._ends = asyncio.Event()
        self._numbers = itertools.count(1)

    def next(self, *answers: Answer) -> None:
        """Answer so, one after another, whatever protocol is spoken."""
        self._next.extend(answers)

    @property
    def base_url(self) -> str:
        """What is configured for OpenAI's protocol."""
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def anthropic_url(self) -> str:
        """What is configured for Anthropic's protocol."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pair(self) -> str:
        """What an administrator must allow."""
        return f"127.0.0.1:{self.port}"

    @property
    def statuses(self) -> Counter[str]:
        """How often each path was let in."""
        return Counter(asked.path for asked in self.asked)

    async def __aenter__(self) -> Self:
        routes = [
            Route("/v1/chat/completions", self._openai, methods=["POST"]),
            Route("/v1/embeddings", self._embeddings, methods=["POST"]),
            Route("/v1/messages", self._anthropic, methods=["POST"]),
        ]
        self._served = listening(Starlette(routes=routes), port=self.port)
        self.port = await self._served.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._ends.set()
        await self._served.__aexit__(None, None, None)

    async def _openai(self, request: Request) -> Response:
        return await self._answer(request, openai)

    async def _anthropic(self, request: Request) -> Response:
        return await self._answer(request, anthropic)

    async def _answer(self, request: Request, protocol: Any) -> Response:
        asked, refused = await self._let_in(request, protocol)
        if asked is None:
            return refused
        self._now += 1
        self.busiest = max(self.busiest, self._now)
        try:
            answer = await self._come(asked)
        finally:
            self._now -= 1
        if isinstance(answer, Garbage):
            return Response(answer.body, media_type=answer.media_type)
        response: Response = protocol.respond(answer, asked.body, next(self._numbers))
        return response

    async def _embeddings(self, request: Request) -> Response:
        asked, refused = await self._let_in(request, openai, checked=False)
        if asked is None:
            return refused
        answer = await self._come(asked)
        if isinstance(answer, Garbage):
            return Response(answer.body, media_type=answer.media_type)
        if not isinstance(answer, Say):
            return openai.respond(answer, asked.body, next(self._numbers))
        return embed(asked.body, shuffled=self.shuffled)

    async def _let_in(
        self, request: Request, protocol: Any, *, checked: bool = True
    ) -> tuple[Asked | None, Response]:
        """The request, or why the provider would not look at it."""
        self.connections += 1
        try:
            body = json.loads(await request.body())
        except ValueError:
            return None, protocol.malformed()
        refused = protocol.refused_header(request.headers, KEY)
        if refused is None and body.get("model") not in MODELS:
            refused = protocol.unknown_model(body.get("model"))
        if refused is None and checked:
            refused = protocol.refused_body(body)
        if refused is not None:
            return None, refused
        asked = Asked(request.url.path, dict(request.headers), body)
        self.asked.append(asked)
        return asked, Response()

    async def _come(self, asked: Asked) -> Answer:
        """What comes next; a model that hangs ends with the server."""
        chosen = self._next.popleft() if self._next else self.otherwise
        answer = chosen(asked) if callable(chosen) else chosen
        if isinstance(answer, Hang):
            await self._ends.wait()
        elif isinstance(answer, Say) and answer.after_s:
            await asyncio.sleep(answer.after_s)
        return answer
