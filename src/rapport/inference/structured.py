"""Answers in a form that was asked for: JSON that is checked, and asked for anew when it misses."""

import json
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from rapport.inference.errors import AnswerUnfit, ChatRefused
from rapport.inference.ports import ChatMessage, ChatReply

REPEATS: Final = 2
KEYWORDS: Final = frozenset(
    {
        *("type", "enum", "const", "properties", "required", "additionalProperties", "items"),
        *("minItems", "maxItems", "minimum", "maximum", "minLength", "maxLength", "anyOf"),
        *("description", "title"),
    }
)
"""What a schema may say (JSON Schema 2020-12); another word in it is refused, not overlooked."""

_SHOWN_CHARS: Final = 4_000
_MOST_COMPLAINTS: Final = 5
_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
_ORDER: Final = (
    "Answer with one JSON object and nothing else: no explanation, no Markdown. It must fit this "
    "JSON schema:\n{schema}"
)
_AGAIN: Final = (
    "That does not fit the schema:\n{complaints}\nAnswer again, with the whole JSON object only."
)

Ask = Callable[[Sequence[ChatMessage], Mapping[str, Any] | None], Awaitable[ChatReply]]
"""Sends messages, with the schema or without."""


async def structured(
    ask: Ask, messages: Sequence[ChatMessage], schema: Mapping[str, Any]
) -> dict[str, Any]:
    """See `Chat.structured`.

    Raises:
        ValueError: the schema is not of type object, or uses words outside `KEYWORDS`.
    """
    _require_known(schema)
    if schema.get("type") != "object":
        raise ValueError("The schema of an answer is of type object.")
    dialogue = [ChatMessage("system", _ORDER.format(schema=json.dumps(schema))), *messages]
    for _ in range(REPEATS + 1):
        reply = await _asked(ask, dialogue, schema)
        found, complaints = read(reply.text, schema)
        if found is not None:
            return found
        told = _AGAIN.format(complaints="\n".join(complaints[:_MOST_COMPLAINTS]))
        dialogue += [
            ChatMessage("assistant", reply.text[:_SHOWN_CHARS] or "(nothing)"),
            ChatMessage("user", told),
        ]
    raise AnswerUnfit


async def _asked(ask: Ask, dialogue: Sequence[ChatMessage], schema: Mapping[str, Any]) -> ChatReply:
    """Ask with the schema; some servers refuse any, and then the words have to do."""
    try:
        return await ask(dialogue, schema)
    except ChatRefused:
        return await ask(dialogue, None)


def read(text: str, schema: Mapping[str, Any]) -> tuple[dict[str, Any] | None, list[str]]:
    """The object in a model's answer, else what is wrong with it.

    Words and fences of code around the object are forgiven: small models write them.
    """
    begin, end = text.find("{"), text.rfind("}")
    try:
        found = json.loads(text[begin : end + 1])
    except (ValueError, RecursionError):
        return None, ["It is not a JSON object."]
    complaints = list(complaints_of(found, schema))
    return (None, complaints) if complaints else (found, [])


def complaints_of(value: Any, schema: Mapping[str, Any], at: str = "$") -> Iterator[str]:
    """What of a value does not fit a schema, in words that a model understands."""
    if "anyOf" in schema:
        tries = [list(complaints_of(value, one, at)) for one in schema["anyOf"]]
        if all(tries):
            yield from min(tries, key=len)
    if "type" in schema and not _is_of_type(value, schema["type"]):
        yield f"{at} must be of type {schema['type']}."
        return
    if "const" in schema and value != schema["const"]:
        yield f"{at} must be {json.dumps(schema['const'])}."
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at} must be one of {json.dumps(schema['enum'])}."
    yield from _of_size(value, schema, at)
    if isinstance(value, dict):
        yield from _of_object(value, schema, at)
    if isinstance(value, list) and "items" in schema:
        for number, item in enumerate(value):
            yield from complaints_of(item, schema["items"], f"{at}[{number}]")


def _is_of_type(value: Any, wanted: str | Sequence[str]) -> bool:
    names = [wanted] if isinstance(wanted, str) else wanted
    if isinstance(value, bool):
        return "boolean" in names
    if isinstance(value, float) and value.is_integer() and "integer" in names:
        return True
    return any(isinstance(value, _TYPES[name]) for name in names)


def _of_size(value: Any, schema: Mapping[str, Any], at: str) -> Iterator[str]:
    if isinstance(value, str | list):
        is_text = isinstance(value, str)
        least, most = ("minLength", "maxLength") if is_text else ("minItems", "maxItems")
        what = "characters" if is_text else "items"
        if len(value) < schema.get(least, 0):
            yield f"{at} must have at least {schema[least]} {what}."
        if most in schema and len(value) > schema[most]:
            yield f"{at} must have at most {schema[most]} {what}."
    if isinstance(value, int | float) and not isinstance(value, bool):
        if "minimum" in schema and value < schema["minimum"]:
            yield f"{at} must be at least {schema['minimum']}."
        if "maximum" in schema and value > schema["maximum"]:
            yield f"{at} must be at most {schema['maximum']}."


def _of_object(value: Mapping[str, Any], schema: Mapping[str, Any], at: str) -> Iterator[str]:
    properties = schema.get("properties", {})
    yield from (
        f"{at} lacks {json.dumps(name)}."
        for name in schema.get("required", ())
        if name not in value
    )
    others = schema.get("additionalProperties", True)
    for name, inner in value.items():
        place = f"{at}.{name}" if re.fullmatch(r"\w+", name) else f"{at}[{json.dumps(name)}]"
        if name in properties:
            yield from complaints_of(inner, properties[name], place)
        elif others is False:
            yield f"{place} is not in the schema."
        elif isinstance(others, Mapping):
            yield from complaints_of(inner, others, place)


def _require_known(schema: Mapping[str, Any]) -> None:
    unknown = schema.keys() - KEYWORDS
    if unknown:
        raise ValueError(f"No answer is checked for {', '.join(sorted(unknown))}.")
    inner = [*schema.get("properties", {}).values(), *schema.get("anyOf", ())]
    inner += [it for it in (schema.get("items"), schema.get("additionalProperties")) if it]
    for one in inner:
        if isinstance(one, Mapping):
            _require_known(one)
