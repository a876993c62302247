"""Everything that can be read in messages, by computing alone: no database, no network, no clock.

It takes a processor some milliseconds a message, so it runs in a thread.
"""

import html
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final, Literal
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rapport.ai.triage import expertise, priority, spam
from rapport.ai.triage.entities import Entity, Patterns, Products, Setting, find
from rapport.ai.triage.entities.values import When
from rapport.ai.triage.expertise import Expertise
from rapport.ai.triage.intents.model import Guess
from rapport.ai.triage.linear import Floats
from rapport.ai.triage.ports import Serving
from rapport.ai.triage.priority import Priority, Situation
from rapport.ai.triage.reading import Reader, Reading
from rapport.ai.triage.settings import TriageSettings

MAX_CHARS: Final = 2_000
"""What a message is about stands in its beginning."""
CANDIDATES: Final = 3
"""So many intents are told of a message."""
_POSSIBLE: Final = 0.1
"""What is less likely is not told as something that a message is about, too."""
_SURE_LANGUAGE: Final = 0.5
_REPEATED: Final = 0.5
_TELLING: Final = frozenset(
    {
        *("product", "error_code", "version", "date", "time", "money"),
        *("percentage", "duration", "quantity"),
    }
)
"""The kinds of entity that name nobody; of the others only the place is kept."""
_LONG_AGO: Final = timedelta(days=5 * 365)
"""A day before that may be somebody's birthday."""
_LINK: Final = re.compile(r'<a [^>]{0,500}?href="([^"]{1,2000})"[^>]{0,500}>([^<]{0,300})</a>')
_UTC: Final = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Arrived:
    """A customer's message as it came, with what is known of how, and of who wrote it."""

    message_id: UUID
    conversation_id: UUID
    seq: int
    said_at: datetime
    body: str
    html: str
    subject: str
    """Of the mail that it came by; empty where there was none."""
    locale: str | None
    """The customer's."""
    timezone: str | None
    authentication: Literal["pass", "fail", "none"]
    """What the checks of its sender's domain came to."""
    is_bulk: bool
    is_known: bool
    """Whether its sender bought something, or was answered here before."""
    waiting_since: datetime | None

    @property
    def said(self) -> str:
        """What is read for what it is about; training reads the same."""
        return spoken(self.subject, self.body, self.seq)


def spoken(subject: str, body: str, seq: int) -> str:
    """What a message says: the subject is part of the mail that begins a conversation."""
    whole = f"{subject}\n{body}" if subject and seq == 1 else body
    return whole[:MAX_CHARS].strip()


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is the same for all messages of a workspace that are read together."""

    settings: TriageSettings
    locale: str
    timezone: str
    now: datetime
    serving: Serving | None = None
    embedder: str | None = None
    """Whose the vectors are."""
    intent_ids: Collection[UUID] = ()
    """Those that may be said."""
    products: Products = field(default_factory=lambda: Products({}))
    patterns: Patterns = field(default_factory=lambda: Patterns({}))


@dataclass(frozen=True, slots=True)
class Intents:
    """What a message may be about, the likeliest first, each with its probability."""

    likely: Sequence[tuple[UUID, float]] = ()
    is_known: bool = False
    doubt: float = 0.0


@dataclass(frozen=True, slots=True)
class Examined:
    """Everything that was read in one message."""

    arrived: Arrived
    reading: Reading
    intents: Intents
    spam: spam.Verdict
    expertise: Expertise
    priority: Priority
    entities: Sequence[Mapping[str, Any]]
    """See `models.MessageReading.entities`."""


def warm() -> None:
    """Load what reading needs, so that the first message need not wait for half a second."""
    text = "How do I begin?"
    Reader().read([text])
    spam.judge(spam.Incoming(text))
    expertise.read(text)


def examine(
    messages: Sequence[Arrived], vectors: Floats | None, known: Circumstances
) -> list[Examined]:
    """Read messages, in their order; `vectors` are len(messages) x dimensions, or none."""
    said = [message.said for message in messages]
    readings = Reader(embedder=known.embedder).read(said, vectors)
    about = _intents(said, vectors, known)
    return [
        _examined(message, reading, intents, known)
        for message, reading, intents in zip(messages, readings, about, strict=True)
    ]


def _examined(
    message: Arrived, reading: Reading, intents: Intents, known: Circumstances
) -> Examined:
    verdict = spam.judge(_incoming(message))
    return Examined(
        arrived=message,
        reading=reading,
        intents=intents,
        spam=verdict,
        expertise=expertise.read(message.body),
        priority=priority.weigh(
            situation_of(message, reading, verdict, known), known.settings.weights
        ),
        entities=_entities(message, reading, known),
    )


def _intents(said: Sequence[str], vectors: Floats | None, known: Circumstances) -> list[Intents]:
    """What each text may be about: nothing, where there is no model."""
    if known.serving is None or not said:
        return [Intents()] * len(said)
    model = known.serving.model
    usable = vectors if model.embedder == known.embedder else None
    return [_likely(one, known.intent_ids) for one in model.guess(said, usable, least=_POSSIBLE)]


def _likely(guess: Guess, offered: Collection[UUID]) -> Intents:
    """The likeliest intents of one text, each with how likely it is about that."""
    first, *further = [(guess.intent, guess.certainty), *guess.further][:CANDIDATES]
    told = [(_id(intent), round(how, 4)) for intent, how in (first, *further)]
    likely = tuple((it, how) for it, how in told if it is not None and it in offered)
    is_known = guess.is_known and _id(guess.intent) in offered
    return Intents(likely, is_known, 1 - guess.certainty)


def _id(written: str) -> UUID | None:
    try:
        return UUID(written)
    except ValueError:
        return None


def _incoming(message: Arrived) -> spam.Incoming:
    return spam.Incoming(
        text=message.body,
        subject=message.subject,
        links=[
            spam.Link(html.unescape(text), html.unescape(address))
            for address, text in _LINK.findall(message.html)
        ],
        authentication=message.authentication,
        is_bulk=message.is_bulk,
        is_known=message.is_known,
    )


def situation_of(
    message: Arrived, reading: Reading, verdict: spam.Verdict, known: Circumstances
) -> Situation:
    """What a message's priority is weighed by.

    Nothing is agreed yet on when an answer is due, and what a customer is worth is not compared
    with the others'.
    """
    levels = reading.levels
    waited = known.now - (message.waiting_since or known.now)
    return Situation(
        urgency=levels["normal"] / 3 + levels["high"] * 2 / 3 + levels["critical"],
        distress=max(reading.emotions["anger"], reading.emotions["distress"]) * reading.strength,
        wants_person=reading.wants_person,
        flags=reading.flags,
        waited=waited,
        asked_before=int(reading.flags["repeat"] >= _REPEATED),
        spam=verdict.score,
    )


def _entities(
    message: Arrived, reading: Reading, known: Circumstances
) -> Sequence[Mapping[str, Any]]:
    language = reading.language
    setting = Setting(
        at=message.said_at,
        zone=zone_of(message.timezone or known.timezone),
        locale=(message.locale or known.locale).replace("_", "-"),
        language=language.code if language.probability >= _SURE_LANGUAGE else None,
        products=known.products,
        patterns=known.patterns,
    )
    return [
        {
            "kind": entity.kind,
            "start": entity.start,
            "end": entity.end,
            "value": entity.normal if _may_be_kept(entity, message.said_at) else None,
        }
        for entity in find(message.body, setting)
    ]


def _may_be_kept(entity: Entity, said_at: datetime) -> bool:
    """Whether what it stands for says nothing about who somebody is."""
    if isinstance(entity.value, When) and entity.value.start < said_at - _LONG_AGO:
        return False
    return entity.kind in _TELLING


@lru_cache(500)
def zone_of(name: str) -> ZoneInfo:
    """The time zone of this name; UTC where there is none, for customers write what they like."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return _UTC
