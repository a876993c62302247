"""How likely it is that two customers are one person, and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from math import prod
from typing import Final

from rapport.customers.addresses import mailbox_of
from rapport.customers.duplicates.keys import Traits, local_of

LEAST: Final = 0.5
"""Below this nobody is bothered."""
_ALIKE: Final = 0.84
_WEIGHTS: Final = {
    "same_verified_key": 0.97,
    "same_email": 0.9,
    "same_mailbox": 0.8,
    "same_phone": 0.75,
    "similar_mailbox": 0.3,
    "same_name": 0.45,
    "similar_name": 0.3,
    "same_domain": 0.25,
}
_SHARED: Final = 0.1
"""What a shared address says: that they know each other."""
_AGAINST: Final = 0.4


@dataclass(frozen=True, slots=True)
class Reason:
    """What speaks for two being one, or against it, as a code and how much."""

    code: str
    weight: float


@dataclass(frozen=True, slots=True)
class Likeness:
    """A score from 0 to 1 with its reasons; `is_verified` when a key proved for both is equal."""

    score: float
    reasons: tuple[Reason, ...]
    is_verified: bool


def compare(one: Traits, other: Traits) -> Likeness:
    """How alike two customers are; the same either way round.

    Reasons count as independent: two that convince half each together convince three quarters.
    Different names in the workspace's own systems take much of it, whatever is proved.
    """
    reasons = list(_reasons(one, other))
    score = 1 - prod(1 - reason.weight for reason in reasons)
    differ = bool(one.external and other.external and not one.external & other.external)
    is_verified = any(r.code == "same_verified_key" for r in reasons) and not differ
    if differ:
        reasons.append(Reason("different_external_ids", -_AGAINST))
        score *= 1 - _AGAINST
    return Likeness(round(score, 4), tuple(reasons), is_verified)


def _reasons(one: Traits, other: Traits) -> Iterator[Reason]:
    address = _by_address(one, other)
    if address is not None:
        yield address
    yield from _by_phone(one, other)
    name = _by_name(one, other)
    if name is not None:
        yield Reason(name, _WEIGHTS[name])
    is_company = one.company_id is not None and one.company_id == other.company_id
    # Colleagues share a domain: it counts only beside a name.
    if name is not None and (one.domains & other.domains or is_company):
        yield Reason("same_domain", _WEIGHTS["same_domain"])


def _by_address(one: Traits, other: Traits) -> Reason | None:
    ours, theirs = set(one.emails) - one.shared, set(other.emails) - other.shared
    shared = (one.shared | other.shared) & (set(one.emails) & set(other.emails))
    proved = {mailbox_of(e) for e in ours if one.emails[e]} & {
        mailbox_of(e) for e in theirs if other.emails[e]
    }
    if proved:
        return Reason("same_verified_key", _WEIGHTS["same_verified_key"])
    if ours & theirs - shared:
        return Reason("same_email", _WEIGHTS["same_email"])
    if {mailbox_of(e) for e in ours} & {mailbox_of(e) for e in theirs}:
        return Reason("same_mailbox", _WEIGHTS["same_mailbox"])
    locals_ = {local for e in ours if len(local := local_of(e)) >= 6}
    if locals_ & {local_of(e) for e in theirs}:
        return Reason("similar_mailbox", _WEIGHTS["similar_mailbox"])
    return Reason("shared_address", _SHARED) if shared else None


def _by_phone(one: Traits, other: Traits) -> Iterator[Reason]:
    same = set(one.phones) & set(other.phones)
    if not same:
        return
    if same <= one.shared | other.shared:
        yield Reason("shared_address", _SHARED)
    elif any(one.phones[p] and other.phones[p] for p in same - one.shared - other.shared):
        yield Reason("same_verified_key", _WEIGHTS["same_verified_key"])
    else:
        yield Reason("same_phone", _WEIGHTS["same_phone"])


def _by_name(one: Traits, other: Traits) -> str | None:
    if len(one.words) < 2 or len(other.words) < 2:
        return None
    if one.words == other.words:
        return "same_name"
    alike = SequenceMatcher(None, " ".join(one.words), " ".join(other.words), autojunk=False)
    return "similar_name" if alike.ratio() >= _ALIKE else None
