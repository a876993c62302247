"""Bytes to text, whatever a mail says its charset is."""

import codecs
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

from rapport.channels.email.parsing import guessing

_SAMPLE_BYTES: Final = 4_000

_SAME_AS: Final[Mapping[str, str]] = {
    "8bit": "",
    "ansi": "cp1252",
    "big5": "big5hkscs",
    "euc-kr": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "iso-8859-1": "cp1252",
    "iso-8859-11": "cp874",
    "iso-8859-6-i": "iso8859-6",
    "iso-8859-8-e": "iso8859-8",
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-9": "cp1254",
    "iso-gb2312": "gb18030",
    "iso88591": "cp1252",
    "ks-c-5601-1987": "cp949",
    "ks-c-5601-1989": "cp949",
    "ksc5601": "cp949",
    "latin-1": "cp1252",
    "latin1": "cp1252",
    "macintosh": "mac-roman",
    "ms-kanji": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "tis-620": "cp874",
    "unicode-1-1-utf-7": "utf-7",
    "unicode-1-1-utf-8": "utf-8",
    "us-ascii": "",
    "ascii": "",
    "ansi-x3-4-1968": "",
    "default": "",
    "none": "",
    "unknown": "",
    "unknown-8bit": "",
    "utf8mb4": "utf-8",
    "windows-874": "cp874",
    "windows-31j": "cp932",
    "windows-949": "cp949",
}
"""What senders write, and what they mean; "" where it says nothing."""

_NOT_TEXT_NAMES: Final = (
    "base64 bz2 hex idna mbcs oem palmos punycode quopri raw-unicode-escape rot13 undefined "
    "unicode-escape uu zlib"
)
_NOT_TEXT: Final = frozenset(_NOT_TEXT_NAMES.split())
_COMMON: Final = re.compile(r"utf-?8|iso-8859-1?\d|windows-125\d|koi8-[ru]|gb2312|iso-2022-jp")
"""With which names begin that something else is glued to."""
_NOT_LIKE_ASCII: Final = re.compile(r"utf-?7|utf-?16|utf-?32|iso2022|hz|cp037|cp1026|cp1140|cp5")
_JAPANESE: Final = ("iso2022_jp", "iso2022_jp_3", "iso2022_jp_2004", "iso2022_jp_ext")
_ESCAPES: Final = re.compile(rb"\x1b(?:\$[@AB]|\([BIJ]|\$\()")
_MARKS: Final = ((codecs.BOM_UTF8, "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_BEYOND_ASCII: Final = re.compile(rb"[\x80-\xff]")
_SURROGATES: Final = re.compile("[\ud800-\udfff]")


@lru_cache(maxsize=512)
def codec_of(charset: str) -> str | None:
    """The Python codec for what a mail calls its charset; None when it is none we know."""
    name = re.sub(r"[^a-z0-9]+", "-", charset[:60].lower()).strip("-")
    name = name.removeprefix("3d").removeprefix("x-").replace("cp-", "cp")
    common = _COMMON.match(name)
    for candidate in (name, common[0] if common else ""):
        try:
            codec = codecs.lookup(_SAME_AS.get(candidate, candidate)).name.replace("_", "-")
        except (LookupError, ValueError):
            continue
        return None if codec in _NOT_TEXT else _SAME_AS.get(codec, codec) or None
    return None


def decode(
    data: bytes, charset: str | None = None, *, hints: Sequence[str] = ()
) -> tuple[str, str | None]:
    """The text in `data` and, if its `charset` is not to be believed, a sentence that says so.

    Tries the charset that is named, UTF-8, the `hints`, and what the bytes look like. The text has
    no NUL and no lone surrogates.
    """
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return clean(data[len(mark) :].decode(codec, "replace")), None
    named = codec_of(charset) if charset else None
    if data.isascii() and b"\x1b" not in data and not _is_strange(named):
        return clean(data.decode("ascii")), None
    text = _by_name(data, named) if named else None
    if text is not None:
        return clean(text), None
    problem = f"The text is not in the charset it names, {charset[:40]!r}." if charset else None
    return clean(_guessed(data, named, hints)), problem


def clean(text: str) -> str:
    """`text` without NUL and lone surrogates, which databases and JSON refuse."""
    if "\x00" in text:
        text = text.replace("\x00", "")
    return text if text.isascii() else _SURROGATES.sub("\ufffd", text)


def _is_strange(codec: str | None) -> bool:
    return codec is not None and _NOT_LIKE_ASCII.match(codec.replace("_", "")) is not None


def _by_name(data: bytes, codec: str) -> str | None:
    """The text, if `data` is in the charset but for little."""
    for name in _JAPANESE if codec.startswith("iso2022-jp") else (codec,):
        text = _strictly(data, name)
        if text is not None:
            return text
    if codec == "cp1252":
        return data.decode("latin-1")  # five places in cp1252 are empty
    text = data.decode(codec, "replace")
    wrong = text.count("\ufffd")
    return text if sum(c > "\x7f" for c in text) > 3 * wrong else None


def _strictly(data: bytes, codec: str) -> str | None:
    try:
        text = data.decode(codec)
    except (UnicodeError, ValueError):
        return None
    # ASCII that calls itself UTF-16 reads as Chinese.
    return None if codec.startswith("utf-16") and b"\x00" not in data else text


def _guessed(data: bytes, named: str | None, hints: Sequence[str]) -> str:
    has_escapes = _ESCAPES.search(data[:_SAMPLE_BYTES]) is not None
    text = _by_name(data, "iso2022-jp") if has_escapes else _strictly(data, "utf-8")
    for codec in (codec for hint in hints if text is None and (codec := codec_of(hint))):
        text = _by_name(data, codec)
    return text or data.decode(_detected(data) or named or "cp1252", "replace")


def _detected(data: bytes) -> str | None:
    """The codec whose text looks most like language, judged by the first bytes beyond ASCII."""
    first = _BEYOND_ASCII.search(data)
    start = 0 if first is None else first.start()
    return guessing.codec_for(data[max(start - 20, 0) : start + _SAMPLE_BYTES])
