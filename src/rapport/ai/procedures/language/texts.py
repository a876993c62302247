"""What is said to customers: one text, or one for each language."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, StringConstraints, WithJsonSchema

OWN: Final = ""
"""The language of a text that names none: the procedure's first."""
_MOST_CHARS: Final = 4_000

Words = Annotated[str, StringConstraints(min_length=1, max_length=_MOST_CHARS)]
Language = Annotated[str, StringConstraints(pattern=r"^([a-z]{2,3})?$")]


def _by_language(value: Any) -> Any:
    return {OWN: value} if isinstance(value, str) else value


Text = Annotated[
    dict[Language, Words],
    BeforeValidator(_by_language),
    WithJsonSchema(
        {
            "description": "What is said; one text, or one by language (`en`, `de` …). "
            "`{…}` inserts a value.",
            "oneOf": [
                {"type": "string"},
                {"type": "object", "additionalProperties": {"type": "string"}},
            ],
        }
    ),
]


def in_language(text: Mapping[str, str], language: str) -> str:
    """The text in a language, else in the procedure's own, in English, or in whatever there is."""
    wanted = language.replace("_", "-").split("-")[0].lower()
    for known in (wanted, OWN, "en"):
        if text.get(known):
            return text[known]
    return next(iter(text.values()), "")
