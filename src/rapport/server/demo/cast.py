"""The customers of the demo shop."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

from rapport.server.demo.content import Region, people
from rapport.server.demo.ids import Ids

CUSTOMERS: Final = 400
_DOMAINS: Final = ("example.com", "example.org", "example.net")
_TRANSLITERATED: Final = str.maketrans(
    {"æ": "ae", "ø": "oe", "å": "aa", "ö": "oe", "ä": "ae", "ü": "ue", "ß": "ss", "ł": "l"}
)


@dataclass(frozen=True, slots=True)
class Person:
    """A customer, before it becomes a row."""

    id: UUID
    identity_id: UUID
    name: str
    email: str
    locale: str
    timezone: str
    city: str
    company: str | None
    attributes: dict[str, Any]
    created_at: datetime


def customers(rng: Random, ids: Ids, now: datetime) -> list[Person]:
    """400 people with distinct names and addresses, most of them from the north of Europe."""
    weights = [region.weight for region in people().regions]
    taken: set[str] = set()
    cast: list[Person] = []
    while len(cast) < CUSTOMERS:
        region = rng.choices(people().regions, weights)[0]
        name = f"{rng.choice(region.first)} {rng.choice(region.last)}"
        if name in taken:
            continue
        taken.add(name)
        cast.append(_person(rng, ids, now, region, name))
    return cast


def _person(rng: Random, ids: Ids, now: datetime, region: Region, name: str) -> Person:
    since = now - timedelta(days=rng.uniform(91, 900))
    orders = min(40, 1 + int(rng.expovariate(0.45)))
    return Person(
        id=ids.at(since),
        identity_id=ids.at(since),
        name=name,
        email=f"{_address(name)}@{rng.choice(_DOMAINS)}",
        locale=region.locale,
        timezone=region.timezone,
        city=rng.choice(region.cities),
        company=rng.choice(people().companies) if rng.random() < 0.13 else None,
        attributes={
            "orders": orders,
            "lifetime_value": round(orders * rng.uniform(40, 240), 2),
            "basecamp": rng.random() < 0.3,
            "last_product": rng.choice(people().products),
        },
        created_at=since,
    )


def _address(name: str) -> str:
    lower = name.lower().translate(_TRANSLITERATED)
    ascii_only = unicodedata.normalize("NFKD", lower).encode("ascii", "ignore").decode()
    return ".".join("".join(c for c in part if c.isalnum()) for part in ascii_only.split())
