"""Language models behind any OpenAI-compatible address, by way of pydantic-ai.

Importing this module is slow and takes some 100 MB; only a process with a configured model should.
"""

import json
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, cast

import httpx
from openai import AsyncOpenAI
from pydantic_ai.direct import model_request, model_request_stream
from pydantic_ai.exceptions import (
    AgentRunError,
    ModelHTTPError,
    ModelQuotaExceededError,
    UnexpectedModelBehavior,
)
from pydantic_ai.messages import (
    ModelMessage,
    ModelRequest,
    ModelResponse,
    PartDeltaEvent,
    PartStartEvent,
    SystemPromptPart,
    TextPart,
    TextPartDelta,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)
from pydantic_ai.models import ModelRequestParameters
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.profiles.openai import OpenAIModelProfile
from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider
from pydantic_ai.settings import ModelSettings
from pydantic_ai.tools import ToolDefinition

from rapport.inference.errors import ChatBusy, ChatDeclined, ChatRefused, ChatUnreachable
from rapport.inference.ports import ChatMessage, ChatReply, Tool, ToolCall
from rapport.inference.refusing import refusal_of, refused_by
from rapport.kernel.errors import RapportError

_TIMEOUT_S: Final = 30.0


class OpenAIChat:
    """The `LanguageModel` for OpenAI, Ollama, vLLM and whatever else speaks the same protocol."""

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
        self._settings = ModelSettings(timeout=timeout_s, temperature=0.0)
        client = AsyncOpenAI(
            base_url=base_url,
            api_key=api_key or "none",
            http_client=cast("Any", http),
            max_retries=0,
            timeout=timeout_s,
        )
        provider = OpenAICompatibleProvider("openai-compatible", openai_client=client)
        self._model = OpenAIChatModel(
            model,
            provider=provider,
            profile=OpenAIModelProfile(
                openai_chat_supports_max_completion_tokens=_is_openai(base_url)
            ),
        )

    @property
    def name(self) -> str:
        """See `LanguageModel.name`."""
        return self._model.model_name

    async def reply(
        self,
        messages: Sequence[ChatMessage],
        *,
        tools: Sequence[Tool] = (),
        schema: Mapping[str, Any] | None = None,
        max_tokens: int = 1_000,
    ) -> ChatReply:
        """See `LanguageModel.reply`."""
        with _our_errors():
            response = await model_request(
                self._model,
                _to_model(messages),
                model_settings=self._limited(max_tokens, schema),
                model_request_parameters=_with_tools(tools),
            )
            return self._read(response)

    async def stream(
        self, messages: Sequence[ChatMessage], *, max_tokens: int = 1_000
    ) -> AsyncIterator[str | ChatReply]:
        """See `LanguageModel.stream`."""
        settings = self._limited(max_tokens)
        with _our_errors():
            async with model_request_stream(
                self._model, _to_model(messages), model_settings=settings
            ) as stream:
                async for event in stream:
                    if piece := _piece(event):
                        yield piece
                whole = self._read(stream.get())
        yield whole

    def _limited(self, max_tokens: int, schema: Mapping[str, Any] | None = None) -> ModelSettings:
        settings: ModelSettings = {**self._settings, "max_tokens": max_tokens}
        if schema is not None:
            form = {"name": "answer", "schema": dict(schema), "strict": False}
            settings["extra_body"] = {
                "response_format": {"type": "json_schema", "json_schema": form}
            }
        return settings

    def _read(self, response: ModelResponse) -> ChatReply:
        if response.finish_reason == "content_filter":
            raise ChatDeclined
        return ChatReply(
            text="".join(p.content for p in response.parts if isinstance(p, TextPart)),
            tool_calls=tuple(_call(p) for p in response.parts if isinstance(p, ToolCallPart)),
            model=response.model_name or self.name,
            input_tokens=response.usage.input_tokens,
            output_tokens=response.usage.output_tokens,
            is_whole=response.finish_reason != "length",
        )


def _is_openai(base_url: str) -> bool:
    """Whether the limit of an answer has OpenAI's present name; elsewhere it has the former one.

    Servers overlook a name they do not know, and the answer would have no limit.
    """
    host = httpx.URL(base_url).host
    return host.endswith((".openai.com", ".azure.com"))


def _piece(event: object) -> str:
    """The text that an event of a stream brings."""
    if isinstance(event, PartStartEvent) and isinstance(event.part, TextPart):
        return event.part.content
    if isinstance(event, PartDeltaEvent) and isinstance(event.delta, TextPartDelta):
        return event.delta.content_delta
    return ""


@contextmanager
def _our_errors() -> Iterator[None]:
    """Say in our words what the provider's library raises; its own may hold the key or prompt."""
    try:
        yield
    except RapportError as error:
        known = refusal_of(error)
        if known is error:
            raise
        raise known from error
    except ModelHTTPError as error:
        raise _refusal(error) from error
    except UnexpectedModelBehavior as error:
        raise ChatUnreachable("The language model's answer could not be read.") from error
    except (AgentRunError, httpx.HTTPError) as error:
        raise refusal_of(error) from error


def _refusal(error: ModelHTTPError) -> RapportError:
    """What a status means; one that says the money is spent will not pass by waiting."""
    status = error.status_code
    wait = None if error.retry_after is None else max(1, round(error.retry_after))
    if isinstance(error, ModelQuotaExceededError):
        return ChatRefused(refused_by(status))
    if status == httpx.codes.TOO_MANY_REQUESTS:
        return ChatBusy(retry_after=wait)
    if status >= httpx.codes.INTERNAL_SERVER_ERROR:
        told = f"The language model's address answered {status}."
        return ChatUnreachable(told, retry_after=wait)
    return ChatRefused(refused_by(status))


def _to_model(messages: Sequence[ChatMessage]) -> list[ModelMessage]:
    return [_one(message) for message in messages]


def _one(message: ChatMessage) -> ModelMessage:
    if message.role == "system":
        return ModelRequest(parts=[SystemPromptPart(message.text)])
    if message.role == "user":
        return ModelRequest(parts=[UserPromptPart(message.text)])
    if message.role == "tool":
        part = ToolReturnPart(message.tool_name, message.text, tool_call_id=message.tool_call_id)
        return ModelRequest(parts=[part])
    calls = [
        ToolCallPart(call.name, dict(call.arguments), tool_call_id=call.id)
        for call in message.tool_calls
    ]
    text = [TextPart(message.text)] if message.text else []
    return ModelResponse(parts=[*text, *calls])


def _with_tools(tools: Sequence[Tool]) -> ModelRequestParameters:
    return ModelRequestParameters(
        function_tools=[
            ToolDefinition(
                name=tool.name,
                description=tool.description,
                parameters_json_schema=dict(tool.parameters),
            )
            for tool in tools
        ]
    )


def _call(part: ToolCallPart) -> ToolCall:
    """The call as the model wrote it; arguments that are no JSON object count as none."""
    arguments: object = part.args
    if isinstance(arguments, str):
        try:
            arguments = json.loads(arguments)
        except ValueError:
            arguments = {}
    known = arguments if isinstance(arguments, Mapping) else {}
    return ToolCall(id=part.tool_call_id, name=part.tool_name, arguments=dict(known))
