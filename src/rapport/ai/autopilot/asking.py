"""What form of answer a question asks for: steps, a number, or yes and no."""

import re
from typing import Final, Literal

from rapport.kernel.folding import fold

Form = Literal["steps", "fact", "choice", "open"]

_MAX_CHARS: Final = 2_000
_STEPS: Final = re.compile(
    r"\bhow (?:do|does|can|could|should|would|to|may|must)\b"
    r"|\bwhat (?:do|should|can|must) (?:i|we)\b"
    r"|\bwie (?:kann|konnen|mache|machen|muss|soll|geht|funktioniert|\w+e ich)\b"
    r"|\bwas (?:kann|muss|soll|mache) ich\b"
)
_FACT: Final = re.compile(
    r"\bhow (?:long|much|many|often|old|big|heavy|cold|warm|soon|far|late|fast|large)\b"
    r"|(?:^\W*|[.,;?!] |\b(?:and|by|from|since|so|until|but) )when\b"
    r"|\bwhat time\b|\b(?:price|cost|costs|fee|opening hours)\b"
    r"|\bwie (?:lange|viel|viele|oft|teuer|schwer|gross|schnell|hoch)\b|\bwann\b"
    r"|\b(?:preis|kostet|kosten)\b"
)
_CHOICE: Final = re.compile(
    r"^\W*(?:can|could|may|do|does|did|is|are|will|have|has|must|should|am|kann|konnen|darf|durfen"
    r"|ist|sind|muss|mussen|gibt|habt|haben|nehmt|nehmen|liefert|liefern|hat|soll)\b"
)
_NUMBER: Final = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|free|ein|zwei|drei|kostenlos|gratis)\b"
)
_REFERS: Final = re.compile(
    r"^\W*(?:if you would rather|its?|this|that|these|those|they|them|he|she|there|then|after that"
    r"|in (?:this|that|the same) (?:case|place)|otherwise|but|and|or|so|however|also|too|instead"
    r"|yes|no|both|another|for this|with(?:out)? (?:this|that|these|it)|dies(?:e|er|es|en|em)?"
    r"|das|dann|sonst|danach|dabei|dafur|dazu|aber|und|oder|ja|nein|beides?|es|vorher"
    r"|in diesem fall)\b"
)


def form_of(question: str) -> Form:
    """What a question asks for, as its first such words show; `open` where none does."""
    asked = fold(question[:_MAX_CHARS])
    forms: dict[Form, re.Pattern[str]] = {"fact": _FACT, "steps": _STEPS, "choice": _CHOICE}
    found = [
        (match.start(), form) for form, pattern in forms.items() if (match := pattern.search(asked))
    ]
    return min(found)[1] if found else "open"


def holds_number(text: str) -> bool:
    """Whether a text holds a number, a price or a date, as an answer to "how much" does."""
    return _NUMBER.search(fold(text)) is not None


def refers_back(sentence: str) -> bool:
    """Whether a sentence rests on one before it, so that it cannot stand first."""
    return _REFERS.match(fold(sentence)) is not None
