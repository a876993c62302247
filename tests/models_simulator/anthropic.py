"""Anthropic's Messages as documented (version 2023-06-01): its checks, answers, streams, errors."""

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

from starlette.responses import JSONResponse, Response, StreamingResponse

from tests.models_simulator.script import Answer, Fail, Say

_VERSION = "2023-06-01"
_ERRORS = {
    400: ("invalid_request_error", "The request is invalid."),
    401: ("authentication_error", "invalid x-api-key"),
    402: ("billing_error", "There is an issue with your billing or payment information."),
    403: ("permission_error", "Your API key does not have permission to use this resource."),
    404: ("not_found_error", "Not found."),
    413: ("request_too_large", "Request exceeds the maximum allowed number of bytes."),
    429: ("rate_limit_error", "This request would exceed your organization's rate limit."),
    500: ("api_error", "Internal server error"),
    504: ("timeout_error", "The request timed out."),
    529: ("overloaded_error", "Overloaded"),
}
_STOPS = {"length": "max_tokens", "content_filter": "refusal", "stop": "end_turn"}


def refused_header(headers: Mapping[str, str], key: str) -> Response | None:
    """Whoever has no key, or names no version of the protocol."""
    if headers.get("x-api-key") is None:
        return error(401, "x-api-key header is required")
    if headers["x-api-key"] != key:
        return error(401)
    if headers.get("anthropic-version") is None:
        return error(400, "anthropic-version: header is required")
    if headers["anthropic-version"] != _VERSION:
        return error(400, f'anthropic-version: "{headers["anthropic-version"]}" is not valid')
    return None


def malformed() -> Response:
    """A body that is not JSON."""
    return error(400, "The request body is not valid JSON.")


def unknown_model(model: object) -> Response:
    """A name that no model has."""
    return error(404, f"model: {model}")


def refused_body(body: Mapping[str, Any]) -> Response | None:
    """What the documentation asks of a request, as far as we could get it wrong."""
    if not isinstance(body.get("max_tokens"), int) or body["max_tokens"] < 1:
        return error(400, "max_tokens: Field required")
    if not 0 <= body.get("temperature", 1) <= 1:
        return error(400, "temperature: range: 0..1")
    if body["model"] == "claude-new" and "temperature" in body:
        return error(400, "`temperature` is deprecated for this model.")
    wanted = body.get("tool_choice") or {"type": "auto"}
    offered = {tool["name"] for tool in body.get("tools") or ()}
    if wanted["type"] == "tool" and wanted.get("name") not in offered:
        return error(400, f"Tool '{wanted.get('name')}' not found in provided tools")
    complaint = _of_messages(body.get("messages"))
    return None if complaint is None else error(400, complaint)


def _of_messages(messages: Any) -> str | None:
    if not isinstance(messages, list) or not messages:
        return "messages: at least one message is required"
    if messages[0].get("role") != "user":
        return 'messages: first message must use the "user" role'
    open_calls: set[str] = set()
    for number, message in enumerate(messages):
        if message.get("role") not in {"user", "assistant"}:
            return f"messages.{number}.role: Input should be 'user' or 'assistant'"
        blocks = _blocks(message.get("content"))
        answered = {b["tool_use_id"] for b in blocks if b["type"] == "tool_result"}
        if open_calls != answered:
            return "`tool_use` ids must have a `tool_result` block right after, and only those."
        if any(b["type"] == "text" and not b["text"].strip() for b in blocks):
            return f"messages.{number}: text content blocks must be non-empty"
        if not blocks:
            return f"messages.{number}: all messages must have non-empty content"
        open_calls = {b["id"] for b in blocks if b["type"] == "tool_use"}
    return None


def _blocks(content: Any) -> list[Any]:
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    return list(content or ())


def respond(answer: Answer, body: Mapping[str, Any], number: int) -> Response:
    """The answer in this protocol's form."""
    headers = {"request-id": f"req_{number}", "anthropic-ratelimit-requests-remaining": "49"}
    if isinstance(answer, Fail):
        if answer.retry_after is not None:
            headers["retry-after"] = f"{answer.retry_after:g}"
        return error(answer.status, headers=headers)
    assert isinstance(answer, Say)
    if body.get("stream"):
        stream = _stream(answer, body, number)
        return StreamingResponse(stream, media_type="text/event-stream", headers=headers)
    return JSONResponse(_whole(answer, body, number), headers=headers)


def error(status: int, told: str = "", headers: Any = None) -> Response:
    """The documented body of an error."""
    return JSONResponse(_error_body(status, told), status, headers=headers)


def _error_body(status: int, told: str = "") -> dict[str, Any]:
    kind, usual = _ERRORS.get(status, _ERRORS[500])
    told = told or usual
    return {"type": "error", "error": {"type": kind, "message": told}, "request_id": "req_x"}


def _content(answer: Say, body: Mapping[str, Any]) -> list[dict[str, Any]]:
    if answer.refusal or answer.finish == "content_filter":
        return []
    forced = body.get("tool_choice") or {}
    if forced.get("type") == "tool":
        call = {"type": "tool_use", "id": "toolu_0", "name": forced["name"]}
        return [{**call, "input": _input(answer.text)}]
    texts = [{"type": "text", "text": answer.text}] if answer.text else []
    calls = [
        {"type": "tool_use", "id": f"toolu_{n}", "name": call.name, "input": _input(call.arguments)}
        for n, call in enumerate(answer.calls)
    ]
    return calls or texts


def _input(written: str) -> Any:
    """Whole answers hold an object always; only in streams may what is written be no JSON."""
    try:
        return json.loads(written)
    except ValueError:
        return {}


def _stop(answer: Say) -> str:
    if answer.refusal:
        return "refusal"
    if answer.calls and answer.finish == "stop":
        return "tool_use"
    return _STOPS[answer.finish]


def _message(body: Mapping[str, Any], number: int) -> dict[str, Any]:
    return {
        "id": f"msg_{number}",
        "type": "message",
        "role": "assistant",
        "model": body["model"],
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
    }


def _whole(answer: Say, body: Mapping[str, Any], number: int) -> dict[str, Any]:
    return _message(body, number) | {
        "content": _content(answer, body),
        "stop_reason": _stop(answer),
        "usage": {
            "input_tokens": answer.input_tokens,
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0,
            "output_tokens": answer.output_tokens,
        },
    }


async def _stream(answer: Say, body: Mapping[str, Any], number: int) -> AsyncIterator[str]:
    begun = _message(body, number) | {
        "usage": {"input_tokens": answer.input_tokens, "output_tokens": 1}
    }
    yield _event("message_start", message=begun)
    yield _event("ping")
    count = 0
    for index, block in enumerate(_content(answer, body)):
        yield _event("content_block_start", index=index, content_block=_empty(block))
        for delta in _deltas(answer, block):
            if count == answer.cut_after:
                raise ConnectionAbortedError  # the connection breaks without an end of the body
            if count == answer.stumbles_after:
                yield f"event: error\ndata: {json.dumps(_error_body(529))}\n\n"
                return
            count += 1
            yield _event("content_block_delta", index=index, delta=delta)
        yield _event("content_block_stop", index=index)
    delta = {"stop_reason": _stop(answer), "stop_sequence": None}
    yield _event("message_delta", delta=delta, usage={"output_tokens": answer.output_tokens})
    yield _event("message_stop")


def _empty(block: Mapping[str, Any]) -> dict[str, Any]:
    if block["type"] == "text":
        return {"type": "text", "text": ""}
    return {**block, "input": {}}


def _deltas(answer: Say, block: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    if block["type"] == "text":
        yield from ({"type": "text_delta", "text": piece} for piece in answer.pieces)
        return
    written = answer.calls[int(block["id"].rpartition("_")[2])].arguments
    middle = len(written) // 2
    for part in ("", written[:middle], written[middle:]):
        yield {"type": "input_json_delta", "partial_json": part}


def _event(kind: str, **values: Any) -> str:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **values})}\n\n"
