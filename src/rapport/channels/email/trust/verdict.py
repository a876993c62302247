"""What is known about who sent a mail."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal, Self, get_args

Result = Literal["pass", "fail", "softfail", "neutral", "none", "temperror", "permerror"]
"""What a check came to (RFC 8601, section 2.7): `none` when there was nothing to check."""

By = Literal["us", "front", "arc", "nobody"]
"""Whose word the proof is: ours, the mail server's in front of us, a trusted forwarder's."""

RESULTS: Final = frozenset(get_args(Result))


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the domain in From is proved, and by what.

    `reasons` are words for screens and rules. What proves it: `dkim_aligned`, `spf_aligned`,
    `front_says_so`, `arc_says_so`. What speaks against it: `no_dmarc`; `dmarc_none`,
    `dmarc_quarantine` and `dmarc_reject`, which is what the owner of the domain asks to do with
    mail that fails; `front_says_no`. Why nothing could be found out: `from_missing`,
    `from_several`, `from_unclear`, `dns_trouble`, `took_too_long`, `failed`. And what else to look
    at: `reply_to_elsewhere`.
    """

    is_authenticated: bool
    spf: Result
    dkim: Result
    dmarc: Result
    arc: Result
    """Looked at only when nothing else proves the domain."""
    domain: str
    """Of the address in From, as DNS has it; "" when there is not exactly one."""
    by: By
    reasons: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """What `from_json` reads."""
        return {**asdict(self), "reasons": list(self.reasons)}

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Self:
        """What `as_json` wrote."""
        return cls(**{**told, "reasons": tuple(told["reasons"])})


UNKNOWN: Final = Verdict(
    is_authenticated=False,
    spf="none",
    dkim="none",
    dmarc="none",
    arc="none",
    domain="",
    by="nobody",
    reasons=(),
)
"""Nothing is known: the sender is who they say, or not."""
