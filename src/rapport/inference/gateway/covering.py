"""Covering what is somebody's in a dialogue, and putting it back into what is answered."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from rapport.inference.personal.service import Cover
from rapport.inference.ports import ChatMessage, ChatReply, ToolCall

_BEGUN: Final = re.compile(r"\[(?:[A-Za-z]{0,10}|[A-Za-z]{2,10}_\d{0,6})$")


def covered(cover: Cover, messages: Sequence[ChatMessage]) -> list[ChatMessage]:
    """The same dialogue with names for values, in texts and in the arguments of tools."""
    return [
        replace(
            message,
            text=cover.cover(message.text),
            tool_calls=tuple(_call(call, cover.cover) for call in message.tool_calls),
        )
        for message in messages
    ]


def uncovered(cover: Cover, reply: ChatReply) -> ChatReply:
    """The answer with the values back, in its text and in the arguments of its calls."""
    calls = tuple(_call(call, cover.uncover) for call in reply.tool_calls)
    return replace(reply, text=cover.uncover(reply.text), tool_calls=calls)


def each_text(value: Any, change: Any) -> Any:
    """Plain data with every text in it changed; the names of fields stay."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {name: each_text(inner, change) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [each_text(inner, change) for inner in value]
    return value


def _call(call: ToolCall, change: Any) -> ToolCall:
    return replace(call, arguments=each_text(call.arguments, change))


class Uncovering:
    """Puts values back into a text that comes in pieces: a name may be split over several."""

    def __init__(self, cover: Cover) -> None:
        """Put back what `cover` has covered."""
        self._cover = cover
        self._kept = ""

    def take(self, piece: str) -> str:
        """What can be shown of the text so far; what may be the begin of a name is kept back."""
        text = self._kept + piece
        begun = _BEGUN.search(text)
        end = begun.start() if begun else len(text)
        self._kept = text[end:]
        return self._cover.uncover(text[:end])

    def rest(self) -> str:
        """What was kept back, when nothing follows."""
        return self._cover.uncover(self._kept)
