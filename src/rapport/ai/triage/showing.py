"""A reading as people see it: what the machine said, with what people said instead."""

from typing import Any

from rapport.ai.triage.models import MessageReading
from rapport.ai.triage.schemas import ReadingOut, Said

_SAME = (
    *("conversation_id", "seq", "model_id", "language_probability", "strength", "emotions"),
    *("levels", "wants_person", "flags", "spam", "spam_reasons", "expertise"),
    *("expertise_confidence", "priority_reasons", "entities"),
    *("corrected_by", "corrected_at", "milliseconds"),
)
_CALLED = {"intent_ids": "intents", "is_spam": "spam"}
"""What fields of a correction are called where they stand for a whole answer."""


def shown(row: MessageReading) -> ReadingOut:
    """What a row says, a person's word before the machine's."""
    machine = said_by_machine(row)
    corrected = row.corrected or {}
    return ReadingOut(
        message_id=row.id,
        read_at=row.created_at,
        score=row.priority,
        corrected=sorted(_CALLED.get(name, name) for name in corrected),
        machine=machine,
        **{name: getattr(row, name) for name in _SAME},
        **(machine.model_dump() | _instead(corrected)),
    )


def said_by_machine(row: MessageReading) -> Said:
    """What the machine said, whatever people said since."""
    return Said.model_validate(
        {
            "intents": row.intents,
            "is_known": row.is_known,
            "language": row.language,
            "emotion": row.emotion,
            "urgency": row.urgency,
            "is_spam": row.is_spam,
            "priority": row.priority_level,
        }
    )


def _instead(corrected: dict[str, Any]) -> dict[str, Any]:
    """The fields of `Said` that a person changed."""
    told = {name: value for name, value in corrected.items() if name != "intent_ids"}
    if "intent_ids" in corrected:
        ids = corrected["intent_ids"]
        told["intents"] = [{"intent_id": id_, "probability": None} for id_ in ids]
        told["is_known"] = bool(ids)
    return told
