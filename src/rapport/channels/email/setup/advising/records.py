"""What a DNS record should be, and what is there instead."""

from dataclasses import dataclass
from typing import Literal

Purpose = Literal["spf", "dkim", "dmarc", "mx"]
State = Literal["ok", "missing", "different", "unknown"]
Reason = Literal[
    "spf_twice",
    "spf_lacks_sender",
    "dkim_other_key",
    "dkim_withdrawn",
    "dmarc_twice",
    "dmarc_only_watches",
    "dmarc_of_parent",
    "mx_elsewhere",
    "dns_silent",
]


@dataclass(frozen=True, slots=True)
class Record:
    """One record, as it is put into the zone of a domain."""

    purpose: Purpose
    type: Literal["TXT", "MX"]
    name: str
    value: str
    """What to put; where it is as it should be, what is there."""
    found: tuple[str, ...]
    state: State
    reason: Reason | None = None


def silent(purpose: Purpose, kind: Literal["TXT", "MX"], name: str, value: str) -> Record:
    """A record nothing is known about, because the DNS does not answer."""
    return Record(purpose, kind, name, value, (), "unknown", "dns_silent")


def text(raw: bytes) -> str:
    """A TXT record as people read it."""
    return "".join(c if c.isprintable() else " " for c in raw.decode("utf-8", "replace"))[:2_000]
