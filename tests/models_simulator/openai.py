"""OpenAI's Chat Completions as documented: its checks, answers, streams and errors."""

import json
import re
from collections.abc import AsyncIterator, Mapping
from typing import Any

from starlette.responses import JSONResponse, Response, StreamingResponse

from tests.models_simulator.script import Answer, Fail, Say

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_CREATED = 1_767_600_000
_LIMITS = {
    "x-ratelimit-limit-requests": "60",
    "x-ratelimit-limit-tokens": "150000",
    "x-ratelimit-remaining-requests": "59",
    "x-ratelimit-remaining-tokens": "149984",
    "x-ratelimit-reset-requests": "1s",
    "x-ratelimit-reset-tokens": "6m0s",
}
_ERRORS = {
    400: ("invalid_request_error", None, "The request is invalid."),
    401: ("invalid_request_error", "invalid_api_key", "Incorrect API key provided."),
    403: ("invalid_request_error", "unsupported_country_region_territory", "Not supported."),
    404: ("invalid_request_error", "model_not_found", "The model does not exist."),
    429: ("requests", "rate_limit_exceeded", "Rate limit reached for tiny in organization org-x."),
    500: ("server_error", None, "The server had an error while processing your request."),
    503: ("server_error", None, "The engine is currently overloaded, please try again later."),
}
_QUOTA = "You exceeded your current quota, please check your plan and billing details."


def refused_header(headers: Mapping[str, str], key: str) -> Response | None:
    """Whoever has no key, or a wrong one; the provider repeats part of it."""
    given = headers.get("authorization", "")
    if given == f"Bearer {key}":
        return None
    told = f"Incorrect API key provided: {given.removeprefix('Bearer ')}."
    return error(401, told, "invalid_request_error", "invalid_api_key")


def malformed() -> Response:
    """A body that is not JSON."""
    return error(400, "We could not parse the JSON body of your request.", "invalid_request_error")


def unknown_model(model: object) -> Response:
    """A name that no model has."""
    told = f"The model `{model}` does not exist or you do not have access to it."
    return error(404, told, "invalid_request_error", "model_not_found")


def refused_body(body: Mapping[str, Any]) -> Response | None:
    """What the documentation asks of a request, as far as we could get it wrong."""
    for complaint in (_of_messages(body), _of_tools(body), _of_format(body)):
        if complaint is not None:
            return error(400, complaint, "invalid_request_error")
    return None


def _of_messages(body: Mapping[str, Any]) -> str | None:
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        return "Invalid 'messages': empty array. Expected an array with minimum length 1."
    open_calls: set[str] = set()
    for message in messages:
        role = message.get("role")
        if role not in {"system", "developer", "user", "assistant", "tool"}:
            return f"Invalid value: '{role}'."
        if role == "tool":
            if message.get("tool_call_id") not in open_calls:
                return "messages with role 'tool' must answer a preceding message with 'tool_calls'"
            open_calls.discard(message["tool_call_id"])
        elif open_calls:
            return "An assistant message with 'tool_calls' must be followed by tool messages."
        open_calls |= {call["id"] for call in message.get("tool_calls") or ()}
    return "Tool calls without an answer." if open_calls else None


def _of_tools(body: Mapping[str, Any]) -> str | None:
    for tool in body.get("tools") or ():
        if tool.get("type") != "function" or not _NAME.fullmatch(tool["function"]["name"]):
            return "Invalid 'tools': string does not match pattern '^[a-zA-Z0-9_-]+$'."
    return None


def _of_format(body: Mapping[str, Any]) -> str | None:
    wanted = body.get("response_format") or {"type": "text"}
    if wanted["type"] not in {"text", "json_object", "json_schema"}:
        return "Invalid value for response_format.type."
    if wanted["type"] == "json_schema":
        form = wanted.get("json_schema") or {}
        if not _NAME.fullmatch(form.get("name", "")):
            return "Missing required parameter: 'response_format.json_schema.name'."
        schema = form.get("schema") or {}
        is_closed = schema.get("additionalProperties") is False
        if form.get("strict") and not is_closed:
            return "Invalid schema: 'additionalProperties' is required to be supplied and false."
    return None


def respond(answer: Answer, body: Mapping[str, Any], number: int) -> Response:
    """The answer in this protocol's form."""
    if isinstance(answer, Fail):
        return _failure(answer)
    assert isinstance(answer, Say)
    headers = {**_LIMITS, "x-request-id": f"req_{number}"}
    if body.get("stream"):
        stream = _stream(answer, body, number)
        return StreamingResponse(stream, media_type="text/event-stream", headers=headers)
    return JSONResponse(_whole(answer, body, number), headers=headers)


def _failure(answer: Fail) -> Response:
    kind, code, told = _ERRORS.get(answer.status, _ERRORS[500])
    if answer.code == "insufficient_quota":
        kind, told = "insufficient_quota", _QUOTA
    headers = dict(_LIMITS)
    if answer.status == 429:
        headers["x-ratelimit-remaining-requests"] = "0"
    if answer.retry_after is not None:
        headers["retry-after"] = f"{answer.retry_after:g}"
    return error(answer.status, told, kind, answer.code or code, headers)


def error(
    status: int, told: str, kind: str, code: str | None = None, headers: Any = None
) -> Response:
    """The documented body of an error."""
    body = {"error": {"message": told, "type": kind, "param": None, "code": code}}
    return JSONResponse(body, status, headers=headers)


def _reason(answer: Say) -> str:
    return "tool_calls" if answer.calls and answer.finish == "stop" else answer.finish


def _usage(answer: Say) -> dict[str, int]:
    return {
        "prompt_tokens": answer.input_tokens,
        "completion_tokens": answer.output_tokens,
        "total_tokens": answer.input_tokens + answer.output_tokens,
    }


def _calls(answer: Say) -> list[dict[str, Any]]:
    return [
        {
            "id": f"call_{n}",
            "type": "function",
            "function": {"name": call.name, "arguments": call.arguments},
        }
        for n, call in enumerate(answer.calls)
    ]


def _whole(answer: Say, body: Mapping[str, Any], number: int) -> dict[str, Any]:
    silent = answer.refusal or answer.calls
    message: dict[str, Any] = {
        "role": "assistant",
        "content": None if silent else answer.text,
        "refusal": answer.refusal or None,
    }
    if answer.calls:
        message["tool_calls"] = _calls(answer)
    choice = {
        "index": 0,
        "message": message,
        "logprobs": None,
        "finish_reason": _reason(answer),
    }
    return {
        "id": f"chatcmpl-{number}",
        "object": "chat.completion",
        "created": _CREATED,
        "model": body["model"],
        "choices": [choice],
        "usage": _usage(answer),
        "system_fingerprint": "fp_simulated",
    }


async def _stream(answer: Say, body: Mapping[str, Any], number: int) -> AsyncIterator[str]:
    wants_usage = (body.get("stream_options") or {}).get("include_usage")

    def chunk(choices: list[dict[str, Any]], usage: dict[str, int] | None = None) -> str:
        told = {
            "id": f"chatcmpl-{number}",
            "object": "chat.completion.chunk",
            "created": _CREATED,
            "model": body["model"],
            "system_fingerprint": "fp_simulated",
            "choices": choices,
        }
        if wants_usage:
            told["usage"] = usage
        return f"data: {json.dumps(told)}\n\n"

    def delta(values: dict[str, Any], reason: str | None = None) -> str:
        return chunk([{"index": 0, "delta": values, "logprobs": None, "finish_reason": reason}])

    yield delta({"role": "assistant", "content": ""})
    for count, values in enumerate(_deltas(answer)):
        if count == answer.cut_after:
            raise ConnectionAbortedError  # the connection breaks without an end of the body
        if count == answer.stumbles_after:
            told = {"message": _ERRORS[500][2], "type": "server_error", "code": None}
            yield f"data: {json.dumps({'error': told})}\n\n"
            return
        yield delta(values)
    yield delta({}, _reason(answer))
    if wants_usage:
        yield chunk([], _usage(answer))
    yield "data: [DONE]\n\n"


def _deltas(answer: Say) -> list[dict[str, Any]]:
    if answer.refusal:
        return [{"refusal": answer.refusal}]
    if not answer.calls:
        return [{"content": piece} for piece in answer.pieces]
    begun = [
        {"tool_calls": [{"index": n, **call, "function": {**call["function"], "arguments": ""}}]}
        for n, call in enumerate(_calls(answer))
    ]
    written = [
        {"tool_calls": [{"index": n, "function": {"arguments": call.arguments}}]}
        for n, call in enumerate(answer.calls)
    ]
    return [*begun, *written]
