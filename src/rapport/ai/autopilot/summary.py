"""The note for the team when the assistant hands over: what was asked, and what it tried."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from rapport.ai.autopilot.harmless import escape
from rapport.kernel.i18n.texts import t

_SHOWN: Final = 3
_MAX_QUESTION_CHARS: Final = 600

REASONS: Final = {
    "asked_for_a_person": "The customer asked for a person.",
    "not_helpful": "The customer said that the answer did not help.",
    "nothing_found": "No article has anything to do with it.",
    "not_sure": "No article fits well enough to be sure.",
    "ambiguous": "Two articles fit equally well.",
    "words_missing": "The best article does not contain the words of the question.",
    "would_repeat": "It would only have repeated its last answer.",
    "no_question": "There was no text to answer.",
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document that was considered; `url` is empty where it has no address."""

    article_id: UUID
    title: str
    url: str
    score: float
    quote: str
    used: bool = False


def note(
    question: str, reason: str, confidence: float, candidates: Sequence[Candidate], *, locale: str
) -> str:
    """What a colleague needs to go on without asking the customer again, as Markdown.

    The question comes first, because lists show how the last message begins.
    """
    said = " ".join(question.split())[:_MAX_QUESTION_CHARS]
    lines = [f"**{t(locale, 'Handed over')}:** {escape(said)}".rstrip(), ""]
    lines.append(f"{t(locale, 'Why')}: {t(locale, REASONS[reason])}")
    if candidates:
        lines += [
            "",
            t(locale, "Considered (confidence {share} %):", share=round(confidence * 100)),
        ]
        lines += [f"- {_named(c)} ({c.score:.2f})" for c in candidates[:_SHOWN]]
    return "\n".join(lines)


def _named(candidate: Candidate) -> str:
    """The title, as a link where the document has an address."""
    title = escape(candidate.title)
    return f"[{title}]({candidate.url})" if candidate.url else title
