"""What was read in a message, as it is kept."""

from collections.abc import Mapping
from typing import Any, Final

from rapport.ai.triage.examining import Circumstances, Examined
from rapport.ai.triage.labelling.service import week_of

_DIGITS: Final = 4
"""Of a probability: more would tell nothing."""


def row_of(one: Examined, known: Circumstances, milliseconds: float) -> dict[str, Any]:
    """The columns of `models.MessageReading`; the message is put into the queue
    of labelling unless it is spam, or has no letter from which anybody could learn.

    `milliseconds` are what reading it took.
    """
    arrived, reading = one.arrived, one.reading
    is_spam = one.spam.score >= known.settings.spam_from
    is_worth = not is_spam and any(map(str.isalpha, arrived.said))
    return {
        "id": arrived.message_id,
        "conversation_id": arrived.conversation_id,
        "seq": arrived.seq,
        "said_at": arrived.said_at,
        "model_id": None if known.serving is None else known.serving.id,
        "intents": [
            {"intent_id": str(id_), "probability": share} for id_, share in one.intents.likely
        ],
        "is_known": one.intents.is_known,
        "language": reading.language.code,
        "language_probability": round(float(reading.language.probability), _DIGITS),
        "emotion": reading.emotion,
        "strength": round(float(reading.strength), _DIGITS),
        "emotions": _rounded(reading.emotions),
        "urgency": reading.urgency,
        "levels": _rounded(reading.levels),
        "wants_person": round(float(reading.wants_person), _DIGITS),
        "flags": _rounded(reading.flags),
        "spam": round(one.spam.score, _DIGITS),
        "is_spam": is_spam,
        "spam_reasons": list(one.spam.reasons),
        "expertise": one.expertise.level,
        "expertise_confidence": round(one.expertise.confidence, _DIGITS),
        "priority": one.priority.score,
        "priority_level": one.priority.level,
        "priority_reasons": [reason._asdict() for reason in one.priority.reasons],
        "entities": list(one.entities),
        "doubt": round(one.intents.doubt, _DIGITS),
        "queue_week": week_of(arrived.said_at) if is_worth else None,
        "milliseconds": round(milliseconds, 2),
    }


def _rounded(shares: Mapping[Any, float]) -> dict[str, float]:
    return {name: round(float(share), _DIGITS) for name, share in shares.items()}
