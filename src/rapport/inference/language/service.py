"""Which language a text is written in, among those that may be expected."""

import math
import re
from array import array
from collections import Counter
from collections.abc import Collection, Mapping
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

import msgspec
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from rapport.kernel.folding import fold

MAX_CHARS: Final = 1_000
"""The beginning tells; what follows is looked at no more."""
_SMALL_WORDS: Final = msgspec.json.decode(
    files(__package__).joinpath("small_words.json").read_bytes(), type=dict[str, str]
)
"""Words that hardly any text of a few sentences is without, by language; some share some."""
KNOWN: Final = frozenset(
    {*_SMALL_WORDS, "ar", "fa", "he", "hi", "hy", "ja", "ka", "ko", "th", "zh"}
)
"""The languages that can be told from one another, as ISO 639-1 names them; Chinese is `zh` in
either script, and Bosnian, Croatian and Serbian in Latin letters are `hr`.
"""
_ABOUT: Final = (
    "order bestellung commande pedido encomenda ordine bestelling bestilling bestallning ordre "
    "zamowienie objednavka comanda поръчка заказ замовлення rendeles siparis tilaus"
)
"""Small words of customers' letters that say what they are about, folded."""
_NO_LANGUAGE: Final = "zxx"
"""What the model calls numbers, codes and names."""
_LATIN_SERBIAN: Final = "sr-Latn"
_CALLED: Final = {"nb": "no", "nn": "no", "iw": "he", "in": "id", "bs": "hr"}
"""Other codes of languages that are known."""
_NOT_WORDS: Final = re.compile(r"https?://\S{1,2000}|`[^`\n]{1,200}`|\S{1,200}@\S{1,200}")
_WITH_DIGIT: Final = re.compile(r"\b\w{0,40}\d\w{0,40}\b")
_WORD: Final = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_SHORT: Final = 8
"""In a text of fewer words the small ones count; in a longer one there are letters enough."""
_WEIGHT: Final = 2.0
"""What is added to the logarithm of a probability where all words are small ones of a language."""


class Language(NamedTuple):
    """A guess: the code, as the caller named it, and how likely it is right, from 0 to 1.

    Without a code the text shows none of the languages that were expected: it is empty, or numbers,
    or in quite another script. A short text has a code of small probability; whoever needs to be
    sure asks for more.
    """

    code: str | None
    probability: float


UNKNOWN: Final = Language(None, 0.0)


def guess(text: str, *, among: Collection[str] = KNOWN) -> Language:
    """The likeliest language of `text` among some.

    `among` are codes or locales (`de`, `nb`, `pt-BR`); those of languages not in `KNOWN` are never
    found. The model is loaded at the first question, which takes half a second and 55 MB.
    """
    called = {_plain(name): name for name in among}
    if "sr" in called:
        called[_LATIN_SERBIAN] = called.get("hr", called["sr"])
    words = _WITH_DIGIT.sub(" ", _NOT_WORDS.sub(" ", text[:MAX_CHARS]))
    if not any(map(str.isalpha, words)):
        return UNKNOWN
    expected = {*called, _NO_LANGUAGE}
    ranked = {code: share for code, share in _model().rank(words) if code in expected}
    found = _with_small_words(ranked, words)
    total, code = sum(found.values()), max(found, key=found.__getitem__)
    if total == 0 or code == _NO_LANGUAGE:
        return UNKNOWN
    probability = found[code] / total
    shows_any = not math.isclose(probability, 1 / len(found), rel_tol=1e-3)
    return Language(called[code], probability) if shows_any else UNKNOWN


@cache
def small_words() -> frozenset[str]:
    """Words that hardly any text of a few sentences is without, in any known language, folded.

    They tell the language of a text; those that also tell what it is about are left out.
    """
    return frozenset(map(fold, _SPEAKERS)) - set(_ABOUT.split())


def _with_small_words(found: Mapping[str, float], text: str) -> Mapping[str, float]:
    """The shares of a short text, after its small words were looked at."""
    words = _WORD.findall(text.casefold().replace("\u2019", "'"))
    if not 0 < len(words) < _SHORT:
        return found
    counts = Counter(code for word in words for code in _SPEAKERS.get(word, ()))
    return {
        code: share * math.exp(_WEIGHT * counts[code] / len(words)) for code, share in found.items()
    }


def _plain(name: str) -> str:
    code = name.replace("_", "-").split("-")[0].lower()
    return _CALLED.get(code, code)


def _speakers() -> Mapping[str, list[str]]:
    """The languages that have each small word."""
    having: dict[str, list[str]] = {}
    for code, words in _SMALL_WORDS.items():
        for word in set(words.split()):
            having.setdefault(word, []).append(code)
    return having


_SPEAKERS: Final = _speakers()


@cache
def _model() -> LanguageIdentifier:
    """The model of what is known, without what it knows of a hundred other languages.

    Of its two columns for Serbian the second is for Latin letters.
    """
    read = LanguageIdentifier.from_model_file(MODEL_FILE)
    codes = list(read.nb_classes)
    codes[codes.index("sr", codes.index("sr") + 1)] = _LATIN_SERBIAN
    ours = [at for at, code in enumerate(codes) if code in {*KNOWN, _NO_LANGUAGE, _LATIN_SERBIAN}]
    return LanguageIdentifier(
        read.nb_ptc[:, ours],
        read.nb_pc[ours],
        [codes[at] for at in ours],
        read.tk_nextmove,
        array("i", read.tk_output),
        norm_probs=True,
        tk_row=read.tk_row,
    )
