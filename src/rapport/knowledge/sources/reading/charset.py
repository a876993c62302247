"""Bytes as text, whatever they say they are."""

import codecs
import re
from typing import Final

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAID: Final = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_KNOWN: Final = re.compile(
    r"utf_8|utf_16(_[bl]e)?|ascii|iso8859_\d+|latin_?1|cp125\d|cp437|cp85\d|cp86\d|cp932|cp949|"
    r"koi8_[rtu]|mac_\w+|big5(hkscs)?|gb2312|gbk|gb18030|hz|shift_jis\w*|euc_\w+|iso2022_\w+|tis_620"
)
"""Python's names of ways to write text; some of its codecs are none, and some take long."""
_LOOKED_AT: Final = 2_048


def decoded(content: bytes, content_type: str = "") -> str:
    """The text of a page or a file; signs that cannot be read become `\ufffd`, NULs are left out.

    A byte order mark decides, else what the server says, else what the beginning of the text says,
    else it is UTF-8, and Windows-1252 where it is not.
    """
    for mark, name in _MARKS:
        if content.startswith(mark):
            return _clean(content[len(mark) :].decode(name, "replace"))
    beginning = content[:_LOOKED_AT].decode("latin-1")
    for told in (content_type, beginning):
        codec = _codec(told)
        if codec is not None:
            return _clean(content.decode(codec, "replace"))
    try:
        return _clean(content.decode("utf-8"))
    except UnicodeDecodeError:
        return _clean(content.decode("cp1252", "replace"))


def _codec(told: str) -> str | None:
    said = _SAID.search(told)
    if said is None:
        return None
    try:
        name = codecs.lookup(said[1]).name.replace("-", "_")
    except (LookupError, ValueError):
        return None
    if name in {"iso8859_1", "ascii", "latin_1"}:
        return "cp1252"  # what is meant by it on the web
    return name if _KNOWN.fullmatch(name) else None


def _clean(text: str) -> str:
    return text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")
