"""Which charset unnamed bytes are in, by the letters that languages are written with.

General detectors want more text than a subject or a short mail has. For each charset that people
still send, this asks how much of what it makes of the bytes beyond ASCII are letters of one
language that is written with it, standing where they may stand: Latin letters among others of the
alphabet, all other scripts in words of their own.
"""

import codecs
from collections.abc import Mapping
from typing import Final

_MIN_SHARE: Final = 0.5
_CAPITAL: Final = 0.4
"""What a capital counts: a wrong Cyrillic charset makes capitals of small letters."""
_RARE: Final = 0.8
_COMMON_LETTERS: Final = 12

_LATIN: Final[dict[str, str]] = {
    "cp1252": "äöüß éèàçêâîôûùëïœ áéíóúñü ãõçáéíóúâêôà àèéìòù åäö æøå ëéïöü ðþæöáéíóúý àçéèíóòúü",
    "cp1250": "ěščřžýáíéůúďťňó ľščťžýáíéúäôňó ąćęłńóśźż áéíóöőúüű ăâîşţ čćžšđ",
    "iso8859-2": "ěščřžýáíéůúďťňó ľščťžýáíéúäôňó ąćęłńóśźż áéíóöőúüű ăâîşţ čćžšđ",
    "cp1254": "çğıöşüâî",
    "cp1257": "ąčęėįšųūž āčēģīķļņšūž õäöüšž",
}
_RUSSIAN: Final = "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё"
_OTHER: Final[dict[str, str]] = {
    "cp1251": f"{_RUSSIAN} оаинвіетрслкдумпязбьгчйїжхцшюєщфґ",
    "koi8-r": _RUSSIAN,
    "iso8859-5": _RUSSIAN,
    "cp866": _RUSSIAN,
    "cp1253": "αοιετσνηυρπκμλςόίγάέήδχφωύθώξβζψϊϋΐΰ",
    "cp1255": "יוהלאבתמרשנדעקחפסגטכםצזךןףץ",
    "cp1256": "اليمنوتربةعدسفهكقحجشطصأخذىضزثئءغآإؤظ",
    "cp874": "านรอกเง่มยล้วดทสตัะิีปบคหแจพชขใไ์ุูโ็ึืซถผณฟญศธภษฮฉฐฎฏฆฌ๋๊ำ",
}
"""Small letters by charset: of the languages it is sent for, of other scripts the commonest first.

Of two charsets that fit alike the first wins.
"""
_EASTERN: Final[Mapping[str, tuple[frozenset[str], float]]] = {
    "cp932": (frozenset(map(chr, range(0x3040, 0x3100))), 0.25),
    "euc-jp": (frozenset(map(chr, range(0x3040, 0x3100))), 0.25),
    "cp949": (frozenset(map(chr, range(0xAC00, 0xD7A4))), 0.6),
    "gb18030": (
        frozenset("的一是不了在人有我这个们中来上大为和国地到以说时要就出会你对您好请单订货收谢没"),
        0.12,
    ),
    "big5": (
        frozenset("的一是不了在人有我這個們中來上大為和國地到以說時要就出會你對您好請單訂貨收謝沒"),
        0.12,
    ),
}
"""What a text of each charset has much of, and how much of it at least."""

_MARKS: Final = frozenset("«»„“”\u2018\u2019\u2013—…€°§№\xa0·،؟؛¿¡")


def codec_for(data: bytes) -> str | None:
    """The Python codec that makes most sense of `data`, which is not UTF-8; None if none does."""
    eastern = {codec: _eastern_share(data, codec) for codec in _EASTERN}
    best = max(eastern, key=lambda codec: eastern[codec])
    if eastern[best] >= 1:
        return best
    shares = {codec: _share(data, codec) for codec in _WEIGHTS}
    best = max(shares, key=lambda codec: shares[codec])
    return best if shares[best] >= _MIN_SHARE else None


def _decoded(data: bytes, codec: str) -> str:
    """The text but for a character that is cut off at the end; "" when it is in another charset."""
    try:
        return codecs.getincrementaldecoder(codec)().decode(data)
    except UnicodeError:
        return ""


def _apart(text: str) -> list[int]:
    """Where characters beyond ASCII stand that no ASCII letter touches."""
    return [
        at
        for at, c in enumerate(text)
        if c > "\x7f" and not _is_latin(text[at - 1 : at]) and not _is_latin(text[at + 1 : at + 2])
    ]


def _within(text: str) -> list[int]:
    """Where letters beyond ASCII stand that have not more of their kind on both sides."""
    return [
        at
        for at, c in enumerate(text)
        if c > "\x7f" and not (text[at - 1 : at] > "\x7f" and text[at + 1 : at + 2] > "\x7f")
    ]


def _is_latin(c: str) -> bool:
    return c.isascii() and c.isalpha()


def _eastern_share(data: bytes, codec: str) -> float:
    """How often the text has what texts of this charset have much of; 1 is just enough."""
    letters, least = _EASTERN[codec]
    text = _decoded(data, codec)
    beyond = sum(c > "\x7f" for c in text)
    fitting = sum(text[at] in letters for at in _apart(text))
    return fitting / beyond / least if beyond else 0.0


def _share(data: bytes, codec: str) -> float:
    """How much of the text is small letters, well placed, of the one language that fits best."""
    text = _decoded(data, codec)
    beyond = sum(c > "\x7f" and c not in _MARKS for c in text)
    if not beyond:
        return 0.0
    places = _within(text) if codec in _LATIN else _apart(text)
    placed = [text[at] for at in places]
    return max(
        sum(weights.get(letter, 0.0) for letter in placed) / beyond for weights in _WEIGHTS[codec]
    )


def _weights(language: str, *, is_latin: bool) -> dict[str, float]:
    """What each letter counts."""
    small = {
        letter: 1.0 if is_latin or rank < _COMMON_LETTERS else _RARE
        for rank, letter in enumerate(language)
    }
    return {letter.upper(): _CAPITAL for letter in small} | small


_WEIGHTS: Final[Mapping[str, list[dict[str, float]]]] = {
    codec: [_weights(language, is_latin=codec in _LATIN) for language in languages.split(" ")]
    for codec, languages in (_LATIN | _OTHER).items()
}
