"""Taking a file of SQL apart into its statements."""

import re
from collections.abc import Iterator
from typing import Final

_TOKEN: Final = re.compile(
    r"(?P<comment>--[^\n]*|/\*.*?\*/)"
    r"|(?P<quoted>'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|(?P<tag>\$\w*\$).*?(?P=tag))"
    r"|(?P<end>;)",
    re.DOTALL,
)


def split(sql: str) -> Iterator[str]:
    """The statements of `sql`, with the comments before them and without their semicolons.

    Semicolons in comments, in quotes and in bodies between dollars end nothing.
    """
    begin = 0
    for found in _TOKEN.finditer(sql):
        if found["end"]:
            yield sql[begin : found.start()].strip()
            begin = found.end()
    rest = sql[begin:].strip()
    if _bare(rest):
        yield rest


def _bare(statement: str) -> str:
    """The statement without its comments."""
    return _TOKEN.sub(lambda m: " " if m["comment"] else m[0], statement).strip()


def plain(statement: str) -> str:
    """The statement on one line, without comments and without what is quoted, in capitals."""

    def blank(found: re.Match[str]) -> str:
        if found["comment"]:
            return " "
        return found[0].strip('"') if found[0].startswith('"') else "''"

    return " ".join(_TOKEN.sub(blank, statement).upper().split())
