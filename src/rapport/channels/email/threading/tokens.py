"""Our signed mark on the mail we send, by which the answer finds back.

36 letters that survive a change of case: version (4 bits), the conversation's number (40), the
day it ends (16), a hash of whom it was sent to (20), the first 100 bits of an HMAC-SHA256 of that.
"""

import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from rapport.channels.email.envelope import Envelope, folded
from rapport.channels.email.parsing.mail import Mail

MAX_CANDIDATES: Final = 50
_VERSION: Final = 1
_NUMBER_BITS, _DAY_BITS, _RECIPIENT_BITS, _PROOF_BITS = 40, 16, 20, 100
_CHARS: Final = 36
_EPOCH: Final = date(1970, 1, 1)
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz234567"
_DIGITS: Final = "0123456789abcdefghijklmnopqrstuv"
_TO_DIGITS: Final = str.maketrans(_LETTERS, _DIGITS)
_SHAPE: Final = re.compile(rf"[a-z2-7]{{{_CHARS}}}")
_IN_ID: Final = re.compile(rf"r\.([a-z2-7]{{{_CHARS}}})\.[^@]*@", re.IGNORECASE)
_IN_ADDRESS: Final = re.compile(rf"\+([a-z2-7]{{{_CHARS}}})@", re.IGNORECASE)
_NUMBER: Final = re.compile(r"\[#(\d{1,12})\]", re.ASCII)


@dataclass(frozen=True, slots=True)
class Token:
    """What a token says that we made: the number of the conversation, and a hash of the recipient.

    The hash has only 20 bits: it may say that somebody was not meant, and proves nobody.
    """

    number: int
    recipient_hash: int


def mint(key: bytes, number: int, recipient: str, expires: date) -> str:
    """A token for the mail to `recipient` about conversation `number`, good until `expires`.

    36 letters and digits. The same in gives the same out.

    Raises:
        OverflowError: the number has more than 40 bits, or the day is after 2149.
    """
    said = _VERSION
    for value, bits in (
        (number, _NUMBER_BITS),
        ((expires - _EPOCH).days, _DAY_BITS),
        (recipient_hash(key, recipient), _RECIPIENT_BITS),
    ):
        if not 0 <= value < 1 << bits:
            raise OverflowError(f"{value} has more than {bits} bits.")
        said = said << bits | value
    return _text(said << _PROOF_BITS | _proof(key, said))


def read(key: bytes, text: str, today: date) -> Token | None:
    """What a token says; None when it is none, too old, of another version or not made with `key`.

    Case does not matter.
    """
    text = text.lower()
    if not _SHAPE.fullmatch(text):
        return None
    whole = int(text.translate(_TO_DIGITS), 32)
    said, proof = whole >> _PROOF_BITS, whole & (1 << _PROOF_BITS) - 1
    if not hmac.compare_digest(_bytes(proof), _bytes(_proof(key, said))):
        return None
    recipient = said & (1 << _RECIPIENT_BITS) - 1
    day = said >> _RECIPIENT_BITS & (1 << _DAY_BITS) - 1
    number = said >> _RECIPIENT_BITS + _DAY_BITS & (1 << _NUMBER_BITS) - 1
    version = said >> _RECIPIENT_BITS + _DAY_BITS + _NUMBER_BITS
    if version != _VERSION or _EPOCH + timedelta(days=day) < today:
        return None
    return Token(number, recipient)


def recipient_hash(key: bytes, address: str) -> int:
    """The 20 bits by which a token knows whom it was sent to."""
    mac = hmac.digest(key, b"rapport-recipient:" + _encoded(folded(address)), "sha256")
    return int.from_bytes(mac) >> 256 - _RECIPIENT_BITS


def message_id(token: str, domain: str) -> str:
    """A new Message-ID that carries a token, without brackets: `r.TOKEN.RANDOM@domain`."""
    return f"r.{token}.{_text(secrets.randbits(80), 16)}@{domain}"


def tokens_of(mail: Mail, envelope: Envelope) -> tuple[str, ...]:
    """What may be a token in a mail, the best place first, each once, at most 50.

    From the tags of the addresses it was sent to (`support+TOKEN@…`), then from the ids it answers,
    the newest first. In small letters; whether they are ours, `read` says.
    """
    named = [one.address for one in (*mail.to, *mail.cc, *mail.bcc)]
    addresses = (*envelope.rcpt_to, *mail.trace.delivered_to, *named)
    ids = (*((mail.in_reply_to,) if mail.in_reply_to else ()), *reversed(mail.references))
    found = [match[1].lower() for one in addresses for match in _IN_ADDRESS.finditer(one)]
    found += [match[1].lower() for one in ids if (match := _IN_ID.match(one))]
    return tuple(dict.fromkeys(found))[:MAX_CANDIDATES]


def number_in(subject: str) -> int | None:
    """The conversation's number that a subject names as `[#123]`, the first one."""
    found = _NUMBER.search(subject)
    return int(found[1]) if found else None


def _proof(key: bytes, said: int) -> int:
    mac = hmac.digest(key, b"rapport-reply:" + said.to_bytes(10), "sha256")
    return int.from_bytes(mac) >> 256 - _PROOF_BITS


def _bytes(proof: int) -> bytes:
    return proof.to_bytes(13)


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _text(value: int, chars: int = _CHARS) -> str:
    return "".join(_LETTERS[value >> 5 * place & 31] for place in reversed(range(chars)))
