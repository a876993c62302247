"""People's names and postal addresses in answers to the question for them."""

import re
from typing import Final

_MAX_CHARS: Final = 400
_LEAD: Final = re.compile(
    r"^\W*(?:(?:hi|hello|sure|ok|okay|yes|and|it is|it's|its|this is|i am|i'm|my (?:full )?name is|"
    r"the name is|name is|my (?:new )?address is|the (?:new )?address is|please use|"
    r"ich bin|ich heisse|ich heiße|mein name ist|meine (?:neue )?adresse ist|"
    r"je m'appelle|je suis|mon nom est|mon adresse est|me llamo|soy|mi nombre es|"
    r"mi direccion es|mi dirección es|meu nome e|meu nome é|chamo-me|sou|اسمي|انا)\b[\s,:]*)+",
    re.IGNORECASE,
)
_TAIL: Final = re.compile(
    r"(?:[\s,.!]+(?:please|pls|thanks|thank you|cheers|bitte|danke|merci|gracias|por favor|"
    r"obrigado|obrigada))+[\s.!]*$",
    re.IGNORECASE,
)
_NAME: Final = re.compile(r"^[^\W\d_][^\W\d_.'\u2019-]*\.?$")
_ZIP: Final = re.compile(
    r"\b(\d{5}(?:-\d{4})?|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|\d{4} ?[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d|"
    r"\d{4,6})\b"
)
_UNIT: Final = re.compile(
    r"^(?:suite|ste|apt|apartment|unit|floor|flat|room|building|bldg|#|c/o|po box)\b|^#", re.I
)
_INLINE_UNIT: Final = re.compile(
    r"^(?P<street>.*\S)\s+(?P<unit>(?:suite|ste\.?|apt\.?|apartment|unit|flat|#)\s*\w+)$", re.I
)
_STATE: Final = re.compile(r"^[A-Z]{2}$")
_COUNTRIES: Final = {
    "usa": "USA",
    "us": "USA",
    "u.s.": "USA",
    "u.s.a.": "USA",
    "united states": "USA",
    "united states of america": "USA",
    "america": "USA",
}
_NO_NAMES: Final = frozenset(
    [
        "the",
        "a",
        "an",
        "and",
        "my",
        "your",
        "is",
        "are",
        "was",
        "not",
        "have",
        "no",
        "yes",
        "don't",
        "dont",
        "know",
        "to",
        "more",
        "add",
        "anything",
        "nothing",
        "order",
        "number",
        "email",
        "zip",
        "code",
        "street",
        "avenue",
        "please",
        "thanks",
        "i",
        "you",
        "it",
        "ich",
        "habe",
        "nicht",
    ]
)


def name(text: str) -> dict[str, str] | None:
    """First and last name; None where the text tells no two words that may be a name."""
    said = _TAIL.sub("", _LEAD.sub("", text.strip()[:_MAX_CHARS]))
    for part in re.split(r"[,;\n]|\b(?:and|zip|postal|my|from|in)\b|[.!?](?:\s|$)", said):
        words = part.split()
        is_name = 2 <= len(words) <= 4 and all(_NAME.match(word) for word in words)
        if is_name and not any(word.lower() in _NO_NAMES for word in words):
            return {"first_name": _cased(words[0]), "last_name": " ".join(map(_cased, words[1:]))}
    return None


def postcode(text: str) -> str | None:
    """The one postal code of a text; of several the last that stands alone."""
    found = list(dict.fromkeys(_ZIP.findall(text[:_MAX_CHARS].upper())))
    return found[0] if len(found) == 1 else None


def address(text: str) -> dict[str, str] | None:
    """A postal address as people write it on one line or several, from street to country.

    None where there is no house number and street, no city, or no postal code.
    """
    said = _TAIL.sub("", _LEAD.sub("", text.strip()[:_MAX_CHARS])).rstrip(" .!")
    parts = [part.strip(" .") for part in re.split(r"[,;\n]", said) if part.strip(" .")]
    country = "USA"
    if parts and parts[-1].lower() in _COUNTRIES:
        country = _COUNTRIES[parts.pop().lower()]
    elif parts and parts[-1].isalpha() and len(parts) > 3 and _ZIP.search(parts[-2].upper()):
        country = parts.pop()
    located = _located(parts)
    if located is None:
        return None
    rest, state, code = located
    if len(rest) < 2 or not any(sign.isdigit() for sign in rest[0]):
        return None
    street, units, city = rest[0], rest[1:-1], rest[-1]
    inline = _INLINE_UNIT.match(street)
    if inline and not units:
        street, units = inline["street"], [inline["unit"]]
    if any(sign.isdigit() for sign in city) or _UNIT.match(city):
        return None
    return {
        "address1": street,
        "address2": ", ".join(units),
        "city": city,
        "state": state,
        "zip": code,
        "country": country,
    }


def _located(parts: list[str]) -> tuple[list[str], str, str] | None:
    """The parts before state and postal code, the state, and the code."""
    left, state, code = list(parts), "", ""
    while left and not (state and code) and len(left) > 1:
        words = left[-1].split()
        codes = [word for word in words if _ZIP.fullmatch(word.upper())]
        if codes and not code:
            code = codes[-1]
            words = [word for word in words if word != code and word.lower() not in ("zip", "code")]
        if words and _STATE.match(words[-1]) and not state:
            state = words.pop()
        if words:
            if words == left[-1].split():
                break
            left[-1] = " ".join(words)
            break
        left.pop()
    return (left, state, code) if code else None


def _cased(word: str) -> str:
    return word if any(sign.isupper() for sign in word) else word.capitalize()
