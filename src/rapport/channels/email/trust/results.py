"""What another mail server found out: Authentication-Results (RFC 8601)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

from rapport.channels.email.trust.spf_macros import ascii_domain
from rapport.channels.email.trust.verdict import RESULTS, Result

MAX_CHARS: Final = 20_000
_PIECE: Final = re.compile(r"\\.|\"(?:[^\"\\]|\\.)*+\"|[();]|[^\"();\\]+|.", re.DOTALL)
_PAIR: Final = re.compile(
    r"\"(?:[^\"\\]|\\.)*+\""
    r"|(?<![\w.\-/])(?P<name>[a-z][\w.\-/]*+)\s*+=\s*+(?P<value>(?:\"(?:[^\"\\]|\\.)*+\"|[^\s\"])++)",
    re.IGNORECASE | re.DOTALL,
)
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Claim:
    """The result of one method, and the properties it was found for, names in small letters."""

    method: str
    result: Result
    properties: Mapping[str, str]

    def domain(self, *names: str) -> str:
        """The domain that the first of these properties names; "" when none does."""
        named = next((self.properties[name] for name in names if name in self.properties), "")
        return ascii_domain(named.strip("<>").rpartition("@")[2])


@dataclass(frozen=True, slots=True)
class Results:
    """All that one server says, and the name it gives itself."""

    server: str
    claims: tuple[Claim, ...]

    def all(self, method: str) -> list[Claim]:
        """What a method came to, the ones that passed first."""
        found = [claim for claim in self.claims if claim.method == method]
        return sorted(found, key=lambda claim: claim.result != "pass")

    def only(self, method: str) -> Claim | None:
        """What a method came to that can come to one thing only; None when two are told."""
        found = self.all(method)
        return found[0] if len(found) == 1 else None


def read(value: str) -> Results | None:
    """Read the value of a field; None when it names no server. What cannot be read is left out."""
    named, *told = _pieces(value[:MAX_CHARS])
    words = named.split()
    if not words or "=" in words[0] or len(words) > 2:
        return None
    claims = (_claim(piece) for piece in told)
    server = _unquoted(words[0]).lower()
    return Results(server, tuple(claim for claim in claims if claim is not None))


def read_unnamed(server: str, value: str) -> Results:
    """Read the value of a field of a `server` that does not name itself."""
    claims = (_claim(piece) for piece in _pieces(value[:MAX_CHARS]))
    return Results(server, tuple(claim for claim in claims if claim is not None))


def by(server: str, fields: Sequence[str]) -> Results | None:
    """What the trusted `server` says: the topmost field with exactly its name.

    It puts its own above whatever a sender has written there, so that all others are forged.
    """
    wanted = server.strip().lower()
    found = (read(field) for field in fields)
    return next((one for one in found if wanted and one is not None and one.server == wanted), None)


def _pieces(value: str) -> list[str]:
    """The value without its comments, cut at its semicolons."""
    pieces = [""]
    depth = 0
    for found in _PIECE.finditer(value):
        mark = found[0]
        if mark == '"' and not depth:
            break  # it is never closed
        if mark == "(":
            depth += 1
        elif mark == ")":
            depth = max(depth - 1, 0)
        elif depth:
            continue
        elif mark == ";":
            pieces.append("")
        else:
            pieces[-1] += mark
            continue
        pieces[-1] += " "
    return pieces


def _claim(piece: str) -> Claim | None:
    pairs = [
        (found["name"].lower(), _unquoted(found["value"]))
        for found in _PAIR.finditer(piece)
        if found["name"]
    ]
    if not pairs:
        return None
    (method, result), *properties = pairs
    result = result.lower()
    if result == "hardfail":  # Google's word, also of RFC 5451
        result = "fail"
    if result not in RESULTS:
        return None
    seen = dict(reversed(properties))
    return Claim(method.partition("/")[0], cast("Result", result), seen)


def _unquoted(text: str) -> str:
    if '"' not in text:
        return text
    return "".join(
        _ESCAPED.sub(r"\1", part) if place % 2 else part
        for place, part in enumerate(text.split('"'))
    )
