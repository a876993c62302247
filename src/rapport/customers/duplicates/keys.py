"""What customers are compared by: only who shares one of these with another is looked at."""

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from rapport.customers.addresses import (
    EMAIL,
    PHONE,
    folded,
    is_email,
    mailbox_of,
    own_domain_of,
)
from rapport.kernel.folding import fold

_WORD: Final = re.compile(r"[^\W\d_]+")
_ANONYMOUS: Final = re.compile(r"visitor [0-9a-f]{4}")
_TITLES: Final = frozenset({"mr", "mrs", "ms", "dr", "prof", "herr", "frau", "von", "de", "van"})
_SHORTEST_LOCAL: Final = 6
EXTERNAL: Final = frozenset({"website"})
"""Channels on which a person has one name; two of them are two people until a person says not."""
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Traits:
    """What is known of one customer that others may share.

    Addresses are in the form in which they are kept, mapped to whether they are proved.
    """

    customer_id: UUID
    name: str = ""
    emails: Mapping[str, bool] = field(default_factory=dict)
    phones: Mapping[str, bool] = field(default_factory=dict)
    external: frozenset[str] = frozenset()
    shared: frozenset[str] = frozenset()
    """Addresses that several people write from."""
    company_id: UUID | None = None

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the name that tell people apart, folded, in alphabetical order."""
        if _ANONYMOUS.fullmatch(self.name.lower()):
            return ()
        found = _WORD.findall(fold(self.name))
        return tuple(sorted(word for word in found if word not in _TITLES))

    @property
    def domains(self) -> frozenset[str]:
        """The domains of their addresses that say who belongs together."""
        return frozenset(d for e in self.emails if (d := own_domain_of(e)) is not None)


def traits(
    customer_id: UUID,
    *,
    name: str,
    email: str | None,
    phone: str | None,
    company_id: UUID | None,
    addresses: Collection[Any],
) -> Traits:
    """From a customer's fields and their addresses, identities and claims alike."""
    emails: dict[str, bool] = {}
    phones: dict[str, bool] = {}
    for one in addresses:
        kept = {EMAIL: emails, PHONE: phones}.get(one.channel)
        if kept is not None:
            is_proved = one.verified_at is not None or getattr(one, "verified", False)
            kept[one.address] = kept.get(one.address, False) or is_proved
    if email and is_email(folded(email)):
        emails.setdefault(folded(email), False)
    if phone and phone.startswith("+"):
        phones.setdefault(phone, False)
    return Traits(
        customer_id,
        name=name,
        emails=emails,
        phones=phones,
        external=frozenset(one.address for one in addresses if one.channel in EXTERNAL),
        shared=frozenset(one.address for one in addresses if one.is_shared),
        company_id=company_id,
    )


def keys_of(known: Traits) -> frozenset[Key]:
    """The keys under which a customer is filed."""
    return frozenset(_keys(known))


def _keys(known: Traits) -> Iterator[Key]:
    words = known.words
    for email in known.emails:
        yield "mailbox", mailbox_of(email)
        local = local_of(email)
        if len(local) >= _SHORTEST_LOCAL:
            yield "local", local
    for phone in known.phones:
        yield "phone", phone
    if len(words) > 1:
        yield "name", " ".join(words)
        yield "outline", " ".join(outline(word) for word in words)
    places = [*known.domains, *([str(known.company_id)] if known.company_id else [])]
    for place in places:
        for word in words:
            yield "word_at", f"{word[:4]}@{place}"


def local_of(email: str) -> str:
    """What stands before the @, without tag, dots and the like."""
    local = mailbox_of(email).rpartition("@")[0]
    return re.sub(r"[._-]", "", local)


def outline(word: str) -> str:
    """A word without its vowels, doubled letters and what sounds alike: for misspellings."""
    plain = word.replace("ph", "f").replace("ck", "k").replace("th", "t")
    plain = plain.translate(str.maketrans("czyjw", "ksiiv"))
    rest = "".join(c for c in plain[1:] if c not in "aeiouh")
    return re.sub(r"(.)\1+", r"\1", plain[:1] + rest)


def digest(workspace_id: UUID, key: Key) -> bytes:
    """A key as it is kept: comparable within a workspace, readable by nobody."""
    return hashlib.blake2b("\0".join(key).encode(), digest_size=16, key=workspace_id.bytes).digest()
