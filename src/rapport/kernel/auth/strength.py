"""Which passwords are refused when they are chosen: those that a guesser tries first."""

import asyncio
import hashlib
import string
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Final

from rapport.kernel.auth.errors import PasswordTooWeak
from rapport.kernel.auth.passwords import MAX_CHARS
from rapport.kernel.settings.process import Settings

MIN_CHARS: Final = 10
MIN_DIFFERENT: Final = 5
MIN_WORD: Final = 4
"""Shorter names and remains are no hint."""

_COMMON: Final = Path(__file__).with_name("common_passwords.txt")
_DISGUISES: Final = str.maketrans("013457@$!|", "oieastasil")


async def require(
    settings: Settings, password: str, *, email: str, names: Iterable[str] = ()
) -> None:
    """Refuse what a guesser tries first; `names` are those of the person and the workspace.

    Raises:
        PasswordTooWeak: too short, too long, too even, well known, little more than a name, or
            in the list of breached passwords that the administrator gave us.
    """
    if len(password) < MIN_CHARS:
        raise PasswordTooWeak(f"A password has at least {MIN_CHARS} characters.")
    if len(password) > MAX_CHARS:
        raise PasswordTooWeak(f"A password has at most {MAX_CHARS} characters.")
    if len(set(password.casefold())) < MIN_DIFFERENT or _is_run(password):
        raise PasswordTooWeak("This password has too few different characters.")
    if is_common(password) or is_name(password, [email, *email.split("@"), *names]):
        raise PasswordTooWeak("This password is among the first that a guesser would try.")
    breached = settings.breached_passwords
    if breached is not None and await asyncio.to_thread(is_listed, breached, password):
        raise PasswordTooWeak("This password was found in stolen data; choose another.")


def is_common(password: str) -> bool:
    """Whether a well-known password remains when digits, signs and disguises are taken off."""
    return not {password.casefold(), *_readings(password)}.isdisjoint(_common())


def is_name(password: str, names: Iterable[str]) -> bool:
    """Whether next to nothing remains of the password when the names in it are taken off."""
    words = {_letters(part) for name in names for part in (name, *name.replace(".", " ").split())}
    for rest in _readings(password):
        found = False
        for word in sorted(words, key=len, reverse=True):
            if len(word) >= MIN_WORD and word in rest:
                rest, found = rest.replace(word, ""), True
        if found and len(rest) < MIN_WORD:
            return True
    return False


def is_listed(path: Path, password: str) -> bool:
    """Whether a file of SHA-1 hashes in order (as Have I Been Pwned gives them) lists a password.

    Each line is 40 hexadecimal digits, then perhaps `:` and a count. The file is searched by
    halves and never loaded: 40 GB take some 35 reads.
    """
    wanted = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with path.open("rb") as file:
        low, high = 0, file.seek(0, 2)
        while low < high:  # the line, if there is one, begins in [low, high)
            middle = (low + high) // 2
            file.seek(max(0, middle - 1))
            if middle:
                file.readline()
            if file.tell() >= high:
                high = middle
                continue
            found = file.readline()[:40].upper()
            if found == wanted:
                return True
            if found < wanted:
                low = file.tell()
            else:
                high = middle
    return False


def _readings(password: str) -> tuple[str, str]:
    """The letters of a password; and again with the signs inside it read as letters."""
    plain = password.casefold()
    inside = plain.strip(string.digits + string.punctuation)
    return _letters(plain), _letters(inside.translate(_DISGUISES))


def _letters(text: str) -> str:
    return "".join(each for each in text.casefold() if each.isalpha())


def _is_run(password: str) -> bool:
    """Whether each character follows its neighbour, as in 1234567890."""
    codes = [ord(each) for each in password]
    steps = {b - a for a, b in pairwise(codes)}
    return steps <= {1, -9} or steps <= {-1, 9}


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    return frozenset(_COMMON.read_text("utf-8").split())
