"""What a conversation is about: what its customer said first, without what is somebody's."""

import re
from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID

from rapport.conversations.reading.service import messages_at
from rapport.conversations.schemas import MessageOut
from rapport.inference.language import service as languages
from rapport.inference.personal import service as personal
from rapport.kernel.context import Ctx
from rapport.kernel.folding import fold

LOOKED_AT: Final = 12
"""So many messages from the beginning; whoever asks later asks something else."""
MAX_CHARS: Final = 2_000
_MOST: Final = 3
_ENOUGH: Final = 3
"""So many different words that carry meaning are a question; fewer wait for the next message."""
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_QUOTED: Final = re.compile(r"^[ \t]{0,8}>.*$", re.MULTILINE)
_SIGNED: Final = re.compile(r"^-- ?$", re.MULTILINE)


async def read(ctx: Ctx, conversation_ids: Sequence[UUID]) -> dict[UUID, list[MessageOut]]:
    """The messages that open each conversation; those in which nothing was asked are left out."""
    places = [(id_, seq) for id_ in conversation_ids for seq in range(1, LOOKED_AT + 1)]
    said: dict[UUID, list[MessageOut]] = {}
    for message in await messages_at(ctx, places):
        said.setdefault(message.conversation_id, []).append(message)
    asked = {id_: opening(messages) for id_, messages in said.items()}
    return {id_: messages for id_, messages in asked.items() if messages}


def opening(messages: Iterable[MessageOut]) -> list[MessageOut]:
    """The customer's first messages up to the one that says enough, at most three.

    None where they say nothing at all, such as a mere hello.
    """
    chosen = list[MessageOut]()
    known = set[str]()
    for message in sorted(messages, key=lambda one: one.seq):
        if message.author.kind != "customer" or message.kind != "message":
            continue
        chosen.append(message)
        known |= content(own_words(message.body))
        if len(known) >= _ENOUGH or len(chosen) == _MOST:
            break
    return chosen if known else []


def text_of(messages: Iterable[MessageOut], names: Iterable[str]) -> str:
    """What was asked, in at most 2,000 characters, without personal data and these names."""
    said = "\n".join(own_words(message.body) for message in messages)[:MAX_CHARS]
    return covered(said, names)


def own_words(body: str) -> str:
    """A message without the lines it quotes and what stands below a signature's mark."""
    return _SIGNED.split(_QUOTED.sub("", body), maxsplit=1)[0].strip()


def covered(text: str, names: Iterable[str]) -> str:
    """The text with nothing where something is somebody's; `names` of people go word by word."""
    kept, end = list[str](), 0
    for span in personal.find(text):
        kept.append(text[end : span.start])
        end = span.end
    text = " ".join([*kept, text[end:]])
    hidden = name_words(names)
    if not hidden:
        return text
    return _WORD.sub(lambda found: "" if fold(found[0]) in hidden else found[0], text)


def name_words(names: Iterable[str]) -> set[str]:
    """The words of names, folded."""
    return {fold(word) for name in names for word in _WORD.findall(name)}


def content(text: str) -> set[str]:
    """The words that carry meaning, folded."""
    small = languages.small_words()
    return {word for word in map(fold, _WORD.findall(text)) if word not in small}
