"""Anthropic's Messages protocol (version 2023-06-01), spoken by HTTP.

Not by the provider's library: that one takes 37 MB and seven seconds more to import, and accepts no
HTTP client but its own kind, so that our rules on addresses would not hold.
"""

import json
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from rapport.inference import sse
from rapport.inference.errors import ChatBusy, ChatDeclined, ChatRefused, ChatUnreachable
from rapport.inference.ports import ChatMessage, ChatReply, Tool, ToolCall
from rapport.inference.refusing import refusal_of, refused_by, seconds_of
from rapport.kernel.errors import RapportError

VERSION: Final = "2023-06-01"
_TIMEOUT_S: Final = 30.0
_ANSWER: Final = "answer"
"""The tool a model must call to answer by a schema."""
_BEGUN: Final = "(The conversation begins.)"


class AnthropicChat:
    """A `LanguageModel` of Anthropic, or behind whoever speaks its protocol."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        *,
        base_url: str,
        model: str,
        api_key: str | None = None,
        timeout_s: float = _TIMEOUT_S,
    ) -> None:
        """Talk through `http`, so that its rules on addresses, sizes and proxies hold here too."""
        self._http = http
        self._url = f"{base_url.rstrip('/').removesuffix('/v1')}/v1/messages"
        self._headers = {"x-api-key": api_key or "none", "anthropic-version": VERSION}
        self._timeout_s = timeout_s
        self._takes_temperature = True
        self.name = model

    async def reply(
        self,
        messages: Sequence[ChatMessage],
        *,
        tools: Sequence[Tool] = (),
        schema: Mapping[str, Any] | None = None,
        max_tokens: int = 1_000,
    ) -> ChatReply:
        """See `LanguageModel.reply`."""
        body = self._body(messages, max_tokens)
        offered = [_tool(tool) for tool in tools]
        if schema is not None:
            offered.append({"name": _ANSWER, "description": "Answer.", "input_schema": schema})
            body["tool_choice"] = {"type": "tool", "name": _ANSWER}
        if offered:
            body["tools"] = offered
        said = _Said(self.name)
        with _our_errors():
            async with self._asked(body) as response:
                await response.aread()
                said.whole(response.json())
        return said.reply()

    async def stream(
        self, messages: Sequence[ChatMessage], *, max_tokens: int = 1_000
    ) -> AsyncIterator[str | ChatReply]:
        """See `LanguageModel.stream`."""
        body = self._body(messages, max_tokens) | {"stream": True}
        said = _Said(self.name)
        with _our_errors():
            async with self._asked(body) as response:
                async for data in sse.data_of(response):
                    if piece := said.take(json.loads(data)):
                        yield piece
        yield said.reply()

    def _body(self, messages: Sequence[ChatMessage], max_tokens: int) -> dict[str, Any]:
        system = "\n\n".join(it.text for it in messages if it.role == "system")
        body: dict[str, Any] = {
            "model": self.name,
            "max_tokens": max_tokens,
            "messages": _turns([it for it in messages if it.role != "system"]),
        }
        if self._takes_temperature:
            body["temperature"] = 0.0
        return body | ({"system": system} if system else {})

    @asynccontextmanager
    async def _asked(self, body: dict[str, Any]) -> AsyncIterator[httpx.Response]:
        """The provider's answer, when it is one.

        Models since Opus 4.7 take no temperature and refuse a request that names one; which they
        are, they say themselves.
        """
        async with self._http.stream(
            "POST", self._url, json=body, headers=self._headers, timeout=self._timeout_s
        ) as response:
            if response.is_success:
                yield response
                return
            await response.aread()
            if "temperature" not in body or not _is_about_temperature(response):
                raise _refusal(response)
        self._takes_temperature = False
        del body["temperature"]
        async with self._asked(body) as response:
            yield response


@dataclass
class _Said:
    """What the model has said so far."""

    model: str
    text: str = ""
    calls: dict[int, tuple[str, str, str]] = field(default_factory=dict)
    """By the block's number: id, name and arguments as written."""
    stopped: str | None = None
    input_tokens: int = 0
    output_tokens: int = 0

    def whole(self, message: Mapping[str, Any]) -> None:
        """Read an answer that came at once."""
        for index, block in enumerate(message["content"]):
            if block["type"] == "text":
                self.text += block["text"]
            elif block["type"] == "tool_use":
                self.calls[index] = (block["id"], block["name"], json.dumps(block["input"]))
        self._note(message)
        self.stopped = message["stop_reason"]

    def take(self, event: Mapping[str, Any]) -> str:
        """Read one event of a stream; the text it brings."""
        match event["type"]:
            case "error":
                raise ChatUnreachable("The language model broke off.")
            case "message_start":
                self._note(event["message"])
            case "content_block_start" if event["content_block"]["type"] == "tool_use":
                block = event["content_block"]
                self.calls[event["index"]] = (block["id"], block["name"], "")
            case "content_block_delta" if event["delta"]["type"] == "text_delta":
                self.text += event["delta"]["text"]
                return str(event["delta"]["text"])
            case "content_block_delta" if event["delta"]["type"] == "input_json_delta":
                known = self.calls[event["index"]]
                written = known[2] + event["delta"]["partial_json"]
                self.calls[event["index"]] = (*known[:2], written)
            case "message_delta":
                self.stopped = event["delta"]["stop_reason"]
                self._note(event)
        return ""

    def reply(self) -> ChatReply:
        """The whole; an answer that never said that it ends has been cut."""
        if self.stopped is None:
            raise ChatUnreachable("The language model's answer broke off.")
        if self.stopped == "refusal":
            raise ChatDeclined
        answers = [written for _, name, written in self.calls.values() if name == _ANSWER]
        calls = [
            ToolCall(id_, name, _object(written))
            for id_, name, written in self.calls.values()
            if name != _ANSWER
        ]
        return ChatReply(
            text=answers[0] if answers else self.text,
            tool_calls=tuple(calls),
            model=self.model,
            input_tokens=self.input_tokens,
            output_tokens=self.output_tokens,
            is_whole=self.stopped not in {"max_tokens", "model_context_window_exceeded"},
        )

    def _note(self, message: Mapping[str, Any]) -> None:
        usage = message.get("usage") or {}
        self.model = message.get("model") or self.model
        self.input_tokens = usage.get("input_tokens") or self.input_tokens
        self.output_tokens = usage.get("output_tokens") or self.output_tokens


@contextmanager
def _our_errors() -> Iterator[None]:
    """Say in our words what goes wrong; the provider's own may hold the key or the prompt."""
    try:
        yield
    except httpx.HTTPError as error:
        raise ChatUnreachable from error
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise ChatUnreachable("The language model's answer could not be read.") from error
    except RapportError as error:
        known = refusal_of(error)
        if known is error:
            raise
        raise known from error


def _is_about_temperature(response: httpx.Response) -> bool:
    return response.status_code == httpx.codes.BAD_REQUEST and "temperature" in response.text


def _refusal(response: httpx.Response) -> RapportError:
    """What a status means; a 429 that does not say when to come back will not pass by waiting."""
    status = response.status_code
    wait = seconds_of(response.headers.get("retry-after"))
    if status == httpx.codes.TOO_MANY_REQUESTS and wait is not None:
        return ChatBusy(retry_after=wait)
    if status >= httpx.codes.INTERNAL_SERVER_ERROR:
        told = f"The language model's address answered {status}."
        return ChatUnreachable(told, retry_after=wait)
    return ChatRefused(refused_by(status))


def _turns(messages: Sequence[ChatMessage]) -> list[dict[str, Any]]:
    """Alternating turns, as the protocol wants them: answers of tools are the user's."""
    turns: list[dict[str, Any]] = []
    for message in messages:
        role = "assistant" if message.role == "assistant" else "user"
        blocks = list(_blocks(message))
        if turns and turns[-1]["role"] == role:
            turns[-1]["content"] += blocks
        elif blocks:
            turns.append({"role": role, "content": blocks})
    if not turns or turns[0]["role"] != "user":
        turns.insert(0, {"role": "user", "content": [{"type": "text", "text": _BEGUN}]})
    return turns


def _blocks(message: ChatMessage) -> Iterator[dict[str, Any]]:
    if message.role == "tool":
        id_ = message.tool_call_id
        yield {"type": "tool_result", "tool_use_id": id_, "content": message.text}
        return
    if message.text.strip():
        yield {"type": "text", "text": message.text}
    for call in message.tool_calls:
        input_ = dict(call.arguments)
        yield {"type": "tool_use", "id": call.id, "name": call.name, "input": input_}


def _tool(tool: Tool) -> dict[str, Any]:
    return {
        "name": tool.name,
        "description": tool.description,
        "input_schema": dict(tool.parameters),
    }


def _object(written: str) -> dict[str, Any]:
    """Arguments as the model wrote them; what is no JSON object counts as none."""
    try:
        read = json.loads(written or "{}")
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}
