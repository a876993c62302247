"""Whether what was proved is the domain in From (RFC 7489)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from rapport.channels.email.trust import tags
from rapport.channels.email.trust.domains import organisational
from rapport.channels.email.trust.tags import TagsUnclear
from rapport.channels.email.trust.verdict import By, Result
from rapport.kernel.dns import Dns, DnsUnavailable

Way = Literal["dkim", "spf"]
_POLICIES: Final = frozenset({"none", "quarantine", "reject"})
_VERSION: Final = b"v=DMARC1"


@dataclass(frozen=True, slots=True)
class Proof:
    """A domain that answers for the mail, by which way, and who found that it does."""

    way: Way
    domain: str
    by: By = "us"


@dataclass(frozen=True, slots=True)
class Finding:
    """What DMARC came to.

    `aligned` is the proof of the domain in From, also of one that has no policy; `policy` is what
    its owner asks to do with mail that fails, "" without a record.
    """

    result: Result
    aligned: Proof | None = None
    policy: str = ""


@dataclass(frozen=True, slots=True)
class _Policy:
    asked: str
    strict: frozenset[Way]


def check(domain: str, proofs: Sequence[Proof], dns: Dns) -> Finding:
    """Look for a proof that is aligned with `domain`, as strictly as its owner asks."""
    try:
        policy = _policy(domain, dns)
    except DnsUnavailable:
        return Finding("temperror")
    strict = policy.strict if policy else frozenset()
    aligned = next((one for one in proofs if _is_aligned(one, domain, strict)), None)
    if policy is None:
        return Finding("none", aligned)
    return Finding("pass" if aligned else "fail", aligned, policy.asked)


def is_same_people(one: str, other: str) -> bool:
    """Whether two domains are aligned when nobody asks for more."""
    return bool(one) and organisational(one) == organisational(other)


def _is_aligned(proof: Proof, domain: str, strict: frozenset[Way]) -> bool:
    if proof.way in strict:
        return proof.domain == domain
    return is_same_people(proof.domain, domain)


def _policy(domain: str, dns: Dns) -> _Policy | None:
    """The policy for a domain: its own, or what its organisation says about subdomains."""
    own = _record(domain, dns)
    if own is not None:
        return _made(own, own["p"])
    organisation = organisational(domain)
    above = _record(organisation, dns) if organisation != domain else None
    if above is None:
        return None
    asked = above.get("sp", "").lower()
    return _made(above, asked if asked in _POLICIES else above["p"])


def _record(domain: str, dns: Dns) -> Mapping[str, str] | None:
    """The tags of the one record of a domain that says what it wants (section 6.6.3)."""
    texts = dns.txt(f"_dmarc.{domain}")
    found = [text for text in texts if text.split(b";")[0].replace(b" ", b"") == _VERSION]
    if len(found) != 1:
        return None
    told = _tags(found[0])
    policy = told.get("p", "").lower()
    if policy not in _POLICIES:
        if "rua" not in told:
            return None
        policy = "none"
    return {**told, "p": policy}


def _tags(text: bytes) -> Mapping[str, str]:
    """The tags of a record, each of those that can be read."""
    found: dict[str, str] = {}
    for piece in text[: tags.MAX_BYTES].split(b";"):
        try:
            read = tags.read(piece)
        except TagsUnclear:
            continue
        found = {**{name.lower(): value for name, value in read.items()}, **found}
    return found


def _made(told: Mapping[str, str], asked: str) -> _Policy:
    ways: dict[str, Way] = {"adkim": "dkim", "aspf": "spf"}
    strict = {way for tag, way in ways.items() if told.get(tag, "r").lower() == "s"}
    return _Policy(asked, frozenset(strict))
