"""What the provider of a mailbox says about a mail that we fetched from there.

Microsoft names no server in its Authentication-Results, and anybody can write Google's name. Whose
word a field is shows by its place: each server that takes a mail in puts its own fields on top. So
all above the place where a mail came in is the provider's, and all below may be the sender's.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from rapport.channels.email.envelope import Envelope
from rapport.channels.email.trust import results
from rapport.channels.email.trust.message import Field, Message
from rapport.channels.email.trust.results import Results

_HOP: Final = re.compile(
    rb"(?:from (?P<from>\S+)(?: \([^()]*\))? )?by (?P<by>[A-Za-z0-9.:-]{1,255})(?= |;|$)(?!.* by )"
)
"""On one line. A client may call itself whatever it likes, also `x by somebody`."""


@dataclass(frozen=True, slots=True)
class _Entered:
    """Where a mail came in: the server that took it, and what was put above that."""

    by: bytes
    above: tuple[Field, ...]


class Provider(Protocol):
    """Where mail is fetched from, how it came there, and where it says what it found."""

    hosts: frozenset[str]

    def takes_in(self, hop: re.Match[bytes]) -> bool:
        """Whether a hop is from outside to a server that checks what comes."""

    def hands_on(self, hop: re.Match[bytes]) -> bool:
        """Whether a hop is from one of its servers to another."""

    def results(self, message: Message, entered: _Entered) -> Results | None:
        """What it says."""


class _Microsoft:
    """Exchange Online and Outlook.com.

    Their edge is called `….mail.protection.outlook.com`. They say of mail from outside that nobody
    has signed in to send it, and which server of theirs let it in; who sends cannot.
    """

    hosts = frozenset({"outlook.office365.com", "imap-mail.outlook.com"})
    _EDGE: Final = re.compile(rb"[a-z0-9-]{1,63}\.mail\.protection\.outlook\.com", re.IGNORECASE)
    _INSIDE: Final = re.compile(
        rb"[a-z0-9.-]{1,200}\.(?:outlook|office365|exchangelabs)\.com", re.IGNORECASE
    )

    def takes_in(self, hop: re.Match[bytes]) -> bool:
        """See `Provider`."""
        return hop["from"] is not None and self._EDGE.fullmatch(hop["by"]) is not None

    def hands_on(self, hop: re.Match[bytes]) -> bool:
        """See `Provider`."""
        return hop["from"] is not None and self._INSIDE.fullmatch(hop["by"]) is not None

    def results(self, message: Message, entered: _Entered) -> Results | None:
        """See `Provider`."""
        if _only(message, b"x-ms-exchange-organization-authas") != b"anonymous":
            return None
        source = _only(message, b"x-ms-exchange-organization-authsource")
        if source.partition(b".")[0] != entered.by.lower().partition(b".")[0]:
            return None
        said = _first(entered.above, b"authentication-results")
        return None if said is None else results.read_unnamed("microsoft365", said)


class _Google:
    """Gmail and Google Workspace.

    Between the mailbox and their edge, mx.google.com, mail is handed on by addresses of their own
    network. What they write below the edge's own field, a sender may have written; the same stands
    above it as the first field of their seal (RFC 8617).
    """

    hosts = frozenset({"imap.gmail.com", "imap.googlemail.com"})
    _SERVER: Final = "mx.google.com"
    _INSIDE: Final = re.compile(rb"2002:[0-9a-f:]{2,45}|10(?:\.\d{1,3}){3}")

    def takes_in(self, hop: re.Match[bytes]) -> bool:
        """See `Provider`."""
        return hop["from"] is not None and hop["by"].decode() == self._SERVER

    def hands_on(self, hop: re.Match[bytes]) -> bool:
        """See `Provider`."""
        return hop["from"] is None and self._INSIDE.fullmatch(hop["by"]) is not None

    def results(self, message: Message, entered: _Entered) -> Results | None:
        """See `Provider`."""
        said = _first(entered.above, b"arc-authentication-results")
        found = results.read(said.partition(";")[2]) if said is not None else None
        return found if found is not None and found.server == self._SERVER else None


BY_NAME: Final[Mapping[str, Provider]] = {"microsoft365": _Microsoft(), "google": _Google()}
"""Providers that a mailbox can be told to believe, by what stands in its settings."""


def told(provider: Provider, message: Message, envelope: Envelope) -> Results | None:
    """What the provider of a mailbox says about a mail, when that can be nobody's but its word.

    None for mail that we did not fetch from it, that did not come in by its edge, or about which
    it says nothing.
    """
    if envelope.fetched_from not in provider.hosts:
        return None
    entered = _entered(provider, message)
    return None if entered is None else provider.results(message, entered)


def _entered(provider: Provider, message: Message) -> _Entered | None:
    """Where a mail came in, going down from the mailbox; None when some other server had it."""
    for place, field in enumerate(message.fields):
        if field.key != b"received":
            continue
        hop = _HOP.match(_words(field))
        if hop is None:
            return None
        if provider.takes_in(hop):
            return _Entered(hop["by"], message.fields[:place])
        if not provider.hands_on(hop):
            return None
    return None


def _only(message: Message, key: bytes) -> bytes:
    """The value of a field that stands there once, in small letters; b"" otherwise."""
    found = message.all(key)
    return _words(found[0]).lower() if len(found) == 1 else b""


def _first(fields: tuple[Field, ...], key: bytes) -> str | None:
    """The value of the topmost field of a name."""
    found: Iterator[Field] = (one for one in fields if one.key == key)
    field = next(found, None)
    return None if field is None else _words(field).decode("utf-8", "replace")


def _words(field: Field) -> bytes:
    """The value on one line."""
    return b" ".join(field.value.split())
