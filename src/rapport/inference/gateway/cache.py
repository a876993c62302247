"""Answers given lately: the same model asked the same way, with temperature 0, says the same."""

import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final
from uuid import UUID

from rapport.inference.gateway.endpoints import Endpoint
from rapport.inference.ports import ChatMessage, ChatReply, Tool

KEPT: Final = 1_000
LASTS_S: Final = 600.0


class AnswerCache:
    """Answers of this process as the models gave them, covered, for ten minutes.

    The workspace is part of the key, so that none is ever told what another one's model said.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        """Empty. `monotonic` counts seconds."""
        self._monotonic = monotonic
        self._answers: OrderedDict[bytes, tuple[float, ChatReply]] = OrderedDict()

    def find(self, key: bytes) -> ChatReply | None:
        """What was answered, if it was lately."""
        ends_at, reply = self._answers.get(key, (0.0, None))
        return reply if ends_at > self._monotonic() else None

    def keep(self, key: bytes, reply: ChatReply) -> None:
        """Remember an answer; the oldest is forgotten for it."""
        self._answers[key] = (self._monotonic() + LASTS_S, reply)
        self._answers.move_to_end(key)
        if len(self._answers) > KEPT:
            self._answers.popitem(last=False)


def key_of(
    workspace_id: UUID,
    endpoint: Endpoint,
    messages: Sequence[ChatMessage],
    tools: Sequence[Tool],
    schema: Mapping[str, Any] | None,
    max_tokens: int,
) -> bytes:
    """What makes two questions the same."""
    told = [
        str(workspace_id),
        [endpoint.protocol, endpoint.base_url, endpoint.model],
        [asdict(message) for message in messages],
        [asdict(tool) for tool in tools],
        schema,
        max_tokens,
    ]
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=dict).encode()).digest()
