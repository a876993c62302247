"""What the agent API says about customers."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from rapport.kernel.schemas import In, Out

Scalar = str | int | float | bool | None
Short = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00]*$")
]
Key = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[\w .:-]+$")]
Value = Annotated[str, StringConstraints(max_length=2_000, pattern=r"^[^\x00]*$")]
Attributes = Annotated[dict[Key, Value | bool | int | float | None], Field(max_length=100)]
Locale = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,35}$")]
Timezone = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_+/-]{1,64}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[\w .:-]{1,40}$")]
Worth = Annotated[Decimal, Field(max_digits=16, decimal_places=2)]


class IdentityOut(Out):
    """An address of the customer on a channel; `claimed` when it is only said to be theirs."""

    id: UUID
    customer_id: UUID
    channel: str
    address: str
    verified: bool
    claimed: bool
    source: str
    verified_at: datetime | None
    verified_by: str | None
    is_shared: bool
    created_at: datetime


class PreferencesOut(Out):
    """How a customer wants to be spoken to."""

    language: str | None
    channel: str | None
    tone: str | None
    needs: list[str]


class CustomerOut(Out):
    """All we know about a customer."""

    id: UUID
    name: str
    email: str | None
    phone: str | None
    company: str | None
    company_id: UUID | None
    locale: str | None
    timezone: str | None
    attributes: dict[str, Scalar]
    preferences: PreferencesOut
    status: str | None
    value: float | None
    identities: list[IdentityOut]
    claims: list[IdentityOut]
    """What is said to be theirs, without proof or while somebody else has it."""
    first_seen_at: datetime
    last_seen_at: datetime
    conversation_count: int
    verified: bool
    merged_count: int
    erased_at: datetime | None


class PreferencesIn(In):
    """What to change of a customer's preferences; null takes one away."""

    language: Locale | None = None
    channel: Code | None = None
    tone: Code | None = None
    needs: Annotated[list[Code], Field(max_length=20)] | None = None


class CustomerPatch(In):
    """What to change; attributes are merged by key, and null removes one."""

    name: Short | None = None
    email: Short | None = None
    phone: Short | None = None
    company: Short | None = None
    locale: Locale | None = None
    timezone: Timezone | None = None
    attributes: Attributes | None = None
    preferences: PreferencesIn | None = None
    status: Code | None = None
    value: Worth | None = None


class CustomerIn(In):
    """A new customer; an e-mail address and a number become theirs if nobody has them."""

    name: Short = ""
    email: Short | None = None
    phone: Short | None = None
    company: Short | None = None
    locale: Locale | None = None
    timezone: Timezone | None = None
    attributes: Attributes | None = None


class IdentityIn(In):
    """An address that an agent gives a customer."""

    channel: Literal["email", "phone", "website"]
    address: Annotated[str, StringConstraints(min_length=1, max_length=320)]
    verified: bool = False


class IdentityPatch(In):
    """What to say about an address; a proof is not taken back."""

    is_shared: bool | None = None
    verified: Literal[True] | None = None


class MergeIn(In):
    """The customer that remains."""

    into_id: UUID


class MergeOut(Out):
    """That two customers were made one, and whether that was undone."""

    id: UUID
    customer_id: UUID
    name: str
    into_id: UUID
    at: datetime
    by: str
    rule: str
    undone_at: datetime | None


class MergesOut(Out):
    """The merges of a customer, the latest first."""

    items: list[MergeOut]


def preferences_from(kept: dict[str, Any]) -> PreferencesOut:
    """Preferences as they are told."""
    return PreferencesOut(
        language=kept.get("language"),
        channel=kept.get("channel"),
        tone=kept.get("tone"),
        needs=kept.get("needs", []),
    )
