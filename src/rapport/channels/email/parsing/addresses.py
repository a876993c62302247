"""Address lists (RFC 5322, section 3.4), and what people's programs make of them."""

import re
from dataclasses import dataclass, field
from typing import Final

from rapport.channels.email.parsing.mail import Address
from rapport.channels.email.parsing.words import decode_words, one_line
from rapport.kernel import emails

MAX_ADDRESSES: Final = 5_000
MAX_NAME_CHARS: Final = 300
_MAX_ADDRESS_CHARS: Final = 320

_TOKEN: Final = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<word>=\?[^?\s]{1,60}\?[bBqQ]\?[^?]{0,2000}\?=)"
    r"|\"(?P<quoted>(?:[^\"\\]|\\.)*+)\""
    r"|<(?P<angle>[^<>]*)>"
    r"|<(?P<open>[^<>,;\s]+)"
    r"|(?P<mark>[,;:])"
    r"|(?P<comment>\()"
    r"|(?P<atom>(?:(?!=\?)[^\s,;:<>\"()])+|=\?)"
    r"|.",
    re.DOTALL,
)
_PARENTHESIS: Final = re.compile(r"\\.|[()]", re.DOTALL)
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_QUOTED_LOCAL: Final = re.compile(r"\"[^\"]+\"@")
_COMMENT: Final = re.compile(r"\([^()]*\)")
_NO_ADDRESS: Final = re.compile(r"^@|[;:](?![^\[]*\]$)")
_MAX_UNCLOSED: Final = 3
_MAX_TOKENS: Final = 50_000
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f\u200b\u2028\u2029\ufeff]+")


@dataclass
class _Mailbox:
    """The tokens of one entry so far: words with whether they were quoted, and the rest."""

    words: list[tuple[str, bool]] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    angle: str | None = None
    words_before_angle: int = 0
    follows_space: bool = True

    def add(self, text: str, *, is_quoted: bool) -> None:
        """Add a word; one that touches the last and has an at sign between them is part of it."""
        if self.words and not self.follows_space:
            last, was_quoted = self.words[-1]
            is_local = text.startswith("@") or (last.endswith("@") and not is_quoted)
            if is_local or (not was_quoted and not is_quoted):
                if was_quoted and is_local:
                    last = last if re.fullmatch(r"[\w.+-]+", last) else f'"{last}"'
                self.words[-1] = (last + text, False)
                return
        self.words.append((text, is_quoted))

    def divided(self) -> "_Mailbox":
        """Give the words behind the address to a new entry: the comma between them is missing."""
        following = _Mailbox(words=self.words[self.words_before_angle :])
        del self.words[self.words_before_angle :]
        return following

    def read(self) -> list[Address]:
        """The address, or several that only spaces set apart; none of an empty entry."""
        comment = " ".join(self.comments)
        if self.angle is not None:
            name = " ".join(word for word, _ in self.words)
            name = f"{name} ({comment})" if name and comment else name or comment
            return _made(name, _of_angle(self.angle))
        joined = self._joined()
        addresses = [word for word, is_quoted in joined if "@" in word and not is_quoted]
        if not addresses:
            quoted = next((word for word, _ in joined if _is_address(word)), "")
            names = " ".join(word for word, _ in joined if word != quoted)
            return _made(f"{names} ({comment})" if comment else names, quoted) if joined else []
        name = " ".join(word for word, is_quoted in joined if is_quoted or "@" not in word)
        first = _made(name or comment, addresses[0])
        return [*first, *(one for other in addresses[1:] for one in _made("", other))]

    def _joined(self) -> list[tuple[str, bool]]:
        """The words, with `a @ b` as one."""
        joined: list[tuple[str, bool]] = []
        for word, is_quoted in self.words:
            last = joined[-1][0] if joined and not joined[-1][1] else ""
            if not is_quoted and last and (word.startswith("@") or last.endswith("@")):
                joined[-1] = (last + word, False)
            else:
                joined.append((word, is_quoted))
        return joined


def _is_address(text: str) -> bool:
    """Whether `text` has the form of an address."""
    try:
        emails.clean(text)
    except ValueError:
        return False
    return True


def parse(text: str) -> tuple[Address, ...]:
    """The addresses in a field, groups opened, at most 5,000.

    Names are decoded and their quotes gone. Missing brackets, quotes and commas are forgiven.
    An entry without an address keeps its name and has "" for the address.
    """
    found = _read(text)
    if "=?" in text and not any(one.address for one in found):
        return _read(decode_words(text)) or found
    return found


def _read(text: str) -> tuple[Address, ...]:
    reader = _Reader(text)
    for _ in range(_MAX_TOKENS):
        token = _TOKEN.match(text, reader.position)
        if token is None or len(reader.found) >= MAX_ADDRESSES:
            break
        reader.take(token, token.lastgroup or "")
    reader.end_entry()
    return tuple(reader.found[:MAX_ADDRESSES])


class _Reader:
    """Collects the entries of a list, token by token."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.found: list[Address] = []
        self.box = _Mailbox()
        self.position = self.unclosed = 0

    def take(self, token: re.Match[str], kind: str) -> None:
        self.position = token.end()
        match kind:
            case "quoted":
                self.box.add(_unescaped(token["quoted"]), is_quoted=True)
            case "atom" | "word":
                self.box.add(token[kind], is_quoted=False)
            case "angle" | "open":
                self.take_angle(token[kind])
            case "comment" if self.unclosed < _MAX_UNCLOSED:
                self.take_comment()
            case "mark":
                self.end_entry(is_group=token[0] == ":")
            case "" if token[0] == '"':
                self.take_lone_quote()
        self.box.follows_space = kind not in {"quoted", "atom", "word"}

    def take_angle(self, text: str) -> None:
        """Note an address in brackets; it begins another entry when this one has its own."""
        if self.box.angle is not None:
            following = self.box.divided()
            self.end_entry()
            self.box = following
        self.box.angle = text
        self.box.words_before_angle = len(self.box.words)

    def take_comment(self) -> None:
        end = _comment_end(self.text, self.position)
        if end is None:
            self.unclosed += 1
        else:
            self.box.comments.append(_unescaped(self.text[self.position : end - 1]))
            self.position = end

    def take_lone_quote(self) -> None:
        """Pass over a quote that nothing closes; looking for the end of many would take long."""
        self.unclosed += 1
        if self.unclosed > _MAX_UNCLOSED:
            self.position = len(self.text)

    def end_entry(self, *, is_group: bool = False) -> None:
        """Add what the entry names, unless it was the name of a group.

        `Lovelace, Ada <…>` without quotes is one person.
        """
        box, self.box = self.box, _Mailbox()
        addresses = [] if is_group else box.read()
        if self.found and addresses and box.angle is not None and box.words:
            last = self.found[-1]
            if not last.address and "@" not in last.name:
                self.found.pop()
                name = f"{last.name}, {addresses[0].name}"
                addresses[0] = Address(name, addresses[0].address)
        self.found += addresses


def _comment_end(text: str, position: int) -> int | None:
    """Behind the parenthesis that closes the one before `position`; None when there is none."""
    depth = 1
    for mark in _PARENTHESIS.finditer(text, position):
        depth += {"(": 1, ")": -1}.get(mark[0], 0)
        if depth == 0:
            return mark.end()
    return None


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(r"\1", text) if "\\" in text else text


def _of_angle(text: str) -> str:
    """What stands in angle brackets, without a route, white space and `mailto:`."""
    text = _COMMENT.sub("", text)
    text = "".join(text.split()) if '"' not in text else text.strip()
    if text.startswith("@") and ":" in text:
        text = text.split(":", 1)[1]
    return text.removeprefix("mailto:")


def _made(name: str, address: str) -> list[Address]:
    name = one_line(_CONTROL.sub(" ", decode_words(name)))[:MAX_NAME_CHARS]
    address = _CONTROL.sub("", decode_words(address)).strip(" '<>.,")
    if not _QUOTED_LOCAL.match(address):
        address = address.strip("\"'")
    if not _is_address(address):
        address = "" if _NO_ADDRESS.search(address) else address[:_MAX_ADDRESS_CHARS]
    else:
        address = emails.clean(address)
    return [Address(name, address)] if name or address else []
