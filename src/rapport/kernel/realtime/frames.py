"""What goes over the wire, in both directions."""

import struct
from typing import Any
from uuid import UUID

import msgspec
from pydantic import BaseModel

from rapport.kernel.events import Cursor
from rapport.kernel.realtime.presenters import Delivery

MAX_TOPICS = 200
MAX_FRAME_CHARS = 16_384


class Hello(msgspec.Struct, tag="hello", tag_field="type", forbid_unknown_fields=True):
    """The first frame: where the client stands, and what it shows."""

    cursor: str | None = None
    topics: list[str] = []


class Subscribe(msgspec.Struct, tag="subscribe", tag_field="type", forbid_unknown_fields=True):
    """Hear of more."""

    topics: list[str]


class Unsubscribe(msgspec.Struct, tag="unsubscribe", tag_field="type", forbid_unknown_fields=True):
    """Hear of less."""

    topics: list[str]


class Typing(msgspec.Struct, tag="typing", tag_field="type", forbid_unknown_fields=True):
    """Somebody writes, or stopped."""

    conversation_id: UUID
    on: bool
    note: bool = False


class Viewing(msgspec.Struct, tag="viewing", tag_field="type", forbid_unknown_fields=True):
    """Which conversation is on the agent's screen."""

    conversation_id: UUID | None


class Ping(msgspec.Struct, tag="ping", tag_field="type"):
    """Are you there?"""


ClientFrame = Hello | Subscribe | Unsubscribe | Typing | Viewing | Ping

decoder: msgspec.json.Decoder[ClientFrame] = msgspec.json.Decoder(ClientFrame)


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    raise NotImplementedError(f"{type(value).__name__} cannot be written as JSON.")


encoder = msgspec.json.Encoder(enc_hook=_plain)


class Frame:
    """One frame, written as JSON once for everybody who gets it."""

    __slots__ = ("_wire", "cursor", "message", "topic")

    def __init__(self, body: dict[str, Any], cursor: Cursor | None = None, topic: str = "") -> None:
        """Encode `body`; frames of the log say where their record is and on which topic."""
        self.cursor = cursor
        self.topic = topic
        self._wire: bytes | None = None
        self.message = {"type": "websocket.send", "text": encoder.encode(body).decode()}
        """As ASGI sends it."""

    @property
    def text(self) -> str:
        """The JSON."""
        return self.message["text"]

    @property
    def wire(self) -> bytes:
        """As it travels: a whole, unmasked WebSocket text frame (RFC 6455, section 5.2)."""
        if self._wire is None:
            payload = self.text.encode()
            size = len(payload)
            if size < 126:
                head = struct.pack("!BB", 0x81, size)
            elif size < 65_536:
                head = struct.pack("!BBH", 0x81, 126, size)
            else:
                head = struct.pack("!BBQ", 0x81, 127, size)
            self._wire = head + payload
        return self._wire


def event(delivery: Delivery) -> Frame:
    """The frame of a delivery."""
    record = delivery.record
    head = {
        "type": "event",
        "cursor": str(record.cursor),
        "name": record.name,
        "topic": delivery.topic,
    }
    body = {**delivery.body, **head, "topic": delivery.topic}
    if delivery.part:
        body["part"] = delivery.part
    return Frame(body, record.cursor, delivery.topic)


def ready(head: Cursor) -> Frame:
    """The subscription stands; all after `head` will come."""
    return Frame({"type": "ready", "cursor": str(head)})


def heartbeat(head: Cursor, count: int) -> Frame:
    """All up to `head` was sent, in `count` event frames on this connection."""
    return Frame({"type": "heartbeat", "cursor": str(head), "count": count})


def reset(head: Cursor) -> Frame:
    """There is too much to catch up with: fetch everything again, and go on from `head`."""
    return Frame({"type": "reset", "cursor": str(head)})


def error(code: str, detail: str) -> Frame:
    """Something the client asked for was refused."""
    return Frame({"type": "error", "code": code, "detail": detail})
