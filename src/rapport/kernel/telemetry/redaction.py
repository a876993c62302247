"""Keeping secrets out of logs and traces."""

import re
from collections.abc import Mapping, MutableMapping
from typing import Any

REDACTED = "[redacted]"
_NAMES = re.compile(
    r"passw|secret|token|authorization|cookie|api_?key|credential|digest|private|otp", re.IGNORECASE
)
_TEXTS = (
    (re.compile(r"\brk_[0-9a-f]{8}_[\w-]+"), REDACTED),
    (re.compile(r"\b(bearer|basic)\s+[\w.~+/=-]{8,}", re.IGNORECASE), rf"\1 {REDACTED}"),
    (re.compile(r"\b(token|key|signature|code)=[^&\s\"'#]{8,}", re.IGNORECASE), rf"\1={REDACTED}"),
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]+"), REDACTED),
    (re.compile(r"(\w://[^:/@\s]+):[^@/\s]+@"), rf"\1:{REDACTED}@"),
)
_DEEPEST = 6


def redact(_logger: object, _method: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
    """A structlog processor: secrets by the name of their field, or by what they look like."""
    return {key: _value(key, value, 0) for key, value in event.items()}


def redact_text(text: str) -> str:
    """A text without keys, tokens and passwords in addresses."""
    for pattern, replacement in _TEXTS:
        text = pattern.sub(replacement, text)
    return text


def _value(name: str, value: Any, depth: int) -> Any:
    if name != "event" and _NAMES.search(name) and value is not None:
        return REDACTED
    if isinstance(value, str):
        return redact_text(value)
    if depth < _DEEPEST and isinstance(value, Mapping):
        return {str(k): _value(str(k), v, depth + 1) for k, v in value.items()}
    if depth < _DEEPEST and isinstance(value, list | tuple):
        return [_value("", item, depth + 1) for item in value]
    return value
