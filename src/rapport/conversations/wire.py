"""Turning a message into the row the SQL function `ingest_messages` reads."""

from dataclasses import dataclass
from uuid import UUID

import msgspec

from rapport.conversations.errors import MessageRejected
from rapport.conversations.ports import NewMessage
from rapport.kernel import richtext

PREVIEW_CHARS = 200


@dataclass(frozen=True, slots=True)
class Row:
    """A message ready to be stored: rendered, previewed and encoded."""

    workspace_id: UUID
    conversation_id: UUID
    author_kind: str
    author_id: UUID | None
    client_id: str
    body: str
    html: str
    encoded: bytes
    """One JSON object."""


def row_of(message: NewMessage) -> Row:
    """Render and encode a message. One without a `client_id` gets its own id as such.

    Raises:
        MessageRejected: it holds text that is no text, such as half a surrogate pair.
    """
    html = richtext.render(message.body) if message.html is None else message.html
    client_id = message.client_id or str(message.id)
    fields = {
        "workspace_id": message.workspace_id,
        "conversation_id": message.conversation_id,
        "id": message.id,
        "kind": message.kind,
        "author_kind": message.author_kind,
        "author_id": message.author_id,
        "author_name": message.author_name,
        "by_visitor": message.by_visitor,
        "body": message.body,
        "html": html,
        "preview": preview_of(message),
        "cards": message.cards,
        "attachment_ids": message.attachment_ids,
        "answer_id": message.answer_id,
        "client_id": client_id,
    }
    try:
        encoded = msgspec.json.encode(fields)
    except UnicodeEncodeError as error:
        raise MessageRejected("The message holds text that is not valid Unicode.") from error
    return Row(
        workspace_id=message.workspace_id,
        conversation_id=message.conversation_id,
        author_kind=message.author_kind,
        author_id=message.author_id,
        client_id=client_id,
        body=message.body,
        html=html,
        encoded=encoded,
    )


def preview_of(message: NewMessage) -> str:
    """The beginning of a message in plain words; what a list shows."""
    words = richtext.plain(message.body, max_chars=PREVIEW_CHARS)
    if words or not message.attachment_ids:
        return words
    return "📎"


def rows_json(rows: list[Row]) -> str:
    """What the SQL function takes."""
    return (b"[" + b",".join(row.encoded for row in rows) + b"]").decode()
