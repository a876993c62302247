"""A small OpenAI-compatible service: enough of the protocol to prove an adapter against."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

KEY = "sk-simulated"


@dataclass
class OpenAISimulator:
    """Answers `says` or asks for `calls`; fails with the next of `failures` while there are any.

    A failure is a status code, "timeout", or "garbage" for a body that is not JSON.
    """

    says: str = "Hello from the model."
    calls: list[dict[str, Any]] = field(default_factory=list)
    failures: list[int | str] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)

    def client(self) -> httpx.AsyncClient:
        """An HTTP client whose every request ends here."""
        return httpx.AsyncClient(transport=_Transport(self))

    @property
    def app(self) -> Starlette:
        """The service as an ASGI application."""
        return Starlette(routes=[Route("/v1/chat/completions", self._complete, methods=["POST"])])

    async def _complete(self, request: Request) -> Response:
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return _error(401, f"Incorrect API key: {request.headers.get('authorization')}")
        body = await request.json()
        self.requests.append(body)
        failure = self.failures.pop(0) if self.failures else None
        if failure == "garbage":
            return Response("<html>proxy error</html>", media_type="text/html")
        if isinstance(failure, int):
            return _error(failure, "Simulated failure.")
        if body.get("stream"):
            return StreamingResponse(self._pieces(body), media_type="text/event-stream")
        return JSONResponse(self._whole(body))

    def _whole(self, body: dict[str, Any]) -> dict[str, Any]:
        calls = [
            {
                "id": f"call_{n}",
                "type": "function",
                "function": {"name": c["name"], "arguments": c["arguments"]},
            }
            for n, c in enumerate(self.calls)
        ]
        message = {"role": "assistant", "content": None if calls else self.says}
        if calls:
            message["tool_calls"] = calls  # type: ignore[assignment]
        reason = "tool_calls" if calls else "stop"
        return {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1_767_600_000,
            "model": body["model"],
            "choices": [{"index": 0, "message": message, "finish_reason": reason}],
            "usage": {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18},
        }

    async def _pieces(self, body: dict[str, Any]) -> AsyncIterator[str]:
        words = [f"{word} " for word in self.says.split()]
        for n, word in enumerate([*words, None]):
            delta = {} if word is None else {"content": word}
            choice = {"index": 0, "delta": delta, "finish_reason": None if word else "stop"}
            chunk = {
                "id": "chatcmpl-1",
                "object": "chat.completion.chunk",
                "created": 1_767_600_000 + n,
                "model": body["model"],
                "choices": [choice],
            }
            yield f"data: {json.dumps(chunk)}\n\n"
        yield "data: [DONE]\n\n"


class _Transport(httpx.AsyncBaseTransport):
    def __init__(self, simulator: OpenAISimulator) -> None:
        self._simulator = simulator
        self._inner = httpx.ASGITransport(simulator.app)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        failures = self._simulator.failures
        if failures and failures[0] == "timeout":
            failures.pop(0)
            raise httpx.ReadTimeout("Simulated timeout.", request=request)
        return await self._inner.handle_async_request(request)


def _error(status: int, message: str) -> JSONResponse:
    headers = {"retry-after": "7"} if status == 429 else {}
    body = {"error": {"message": message, "type": "simulated", "code": None}}
    return JSONResponse(body, status, headers=headers)
