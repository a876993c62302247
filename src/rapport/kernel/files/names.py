"""File names from outside."""

import re
import unicodedata
from typing import Final

MAX_CHARS: Final = 120
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_FORBIDDEN_MARKS = re.compile(r"[<>:\"|?*%;`$&'\\/\x00-\x1f\x7f]")


def clean_name(name: str, *, extension: str) -> str:
    """A name that is safe to show, to store and to save under, ending in `extension`.

    Path parts, control characters, marks that reverse the reading direction (with which
    `gpj.exe` reads `exe.jpg`) and characters that file systems or shells obey are gone.
    """
    name = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    name = "".join(c for c in name if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co", "Cn"})
    name = " ".join(_FORBIDDEN_MARKS.sub("_", name).split()).strip(" .")
    stem, _, last = name.rpartition(".")
    if stem and last.isalnum() and len(last) <= 10:
        name = stem.strip(" .")
    if not name or _RESERVED.fullmatch(name):
        name = "file"
    return f"{name[: MAX_CHARS - len(extension) - 1].rstrip(' .')}.{extension}"


def extension_of(name: str) -> str:
    """What follows the last dot of a name from outside, in lower case, without invisible marks."""
    visible = "".join(c for c in name if unicodedata.category(c)[0] not in "CZ")
    return visible.rstrip(".").rpartition(".")[2].lower() if "." in visible else ""
