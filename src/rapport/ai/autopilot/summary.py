"""The note for the team when the assistant hands over: what was asked, and what it tried."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from rapport.ai.autopilot.harmless import escape
from rapport.kernel.i18n.texts import t
from rapport.knowledge.schemas import DocumentKind

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
    "facts_known": "All that this needs is known; a person has to do it.",
    "facts_missing": "The customer could not tell all that this needs.",
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document that was considered; `url` is empty where it has no address.

    Of a solved conversation no words are kept, since they are forgotten when its customer is: its
    title is what it is called, and `solved_at` an instant in ISO 8601.
    """

    article_id: UUID
    title: str
    url: str
    score: float
    quote: str
    used: bool = False
    kind: DocumentKind = "article"
    solved_at: str | None = None


@dataclass(frozen=True, slots=True)
class Gathered:
    """What the customer's wish was, and by its name what it needs; None is not known."""

    opening: str
    facts: Sequence[tuple[str, str | None]]


def note(
    question: str,
    reason: str,
    confidence: float,
    candidates: Sequence[Candidate],
    *,
    locale: str,
    gathered: Gathered | None = None,
) -> str:
    """What a colleague needs to go on without asking the customer again, as Markdown.

    The question comes first, because lists show how the last message begins; where the customer
    was asked back, it is the one that they began with.
    """
    said = " ".join((gathered.opening if gathered else question).split())[:_MAX_QUESTION_CHARS]
    lines = [f"**{t(locale, 'Handed over')}:** {escape(said)}".rstrip(), ""]
    lines.append(f"{t(locale, 'Why')}: {t(locale, REASONS[reason])}")
    if gathered and gathered.facts:
        lines += ["", t(locale, "What is known:")]
        unknown = t(locale, "not known")
        lines += [
            f"- {escape(label)}: {unknown if value is None else escape(value)}"
            for label, value in gathered.facts
        ]
    if candidates:
        lines += [
            "",
            t(locale, "Considered (confidence {share} %):", share=round(confidence * 100)),
        ]
        lines += [f"- {_named(c, locale)} ({c.score:.2f})" for c in candidates[:_SHOWN]]
    return "\n".join(lines)


def _named(candidate: Candidate, locale: str) -> str:
    """The title, as a link where the document has an address."""
    if candidate.solved_at is not None:
        return t(locale, "A solved conversation of {date}", date=candidate.solved_at[:10])
    title = escape(candidate.title)
    return f"[{title}]({candidate.url})" if candidate.url else title
