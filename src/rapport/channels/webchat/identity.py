"""Proof of identity: a token in which the web site's own server says who its visitor is.

The chat's secret is known to that server and to us. The token is a JWT signed with HS256 and
nothing else, names the visitor in `sub`, and expires within 24 hours.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from typing_extensions import TypeIs

from rapport.channels.webchat.errors import IdentityRefused

LONGEST_LIFETIME: Final = timedelta(hours=24)
LEEWAY: Final = timedelta(seconds=60)
MAX_SUBJECT_CHARS: Final = 200
MAX_ATTRIBUTES: Final = 50
_ALGORITHM: Final = "HS256"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the visitor is, by the word of the web site they are on."""

    subject: str
    name: str | None
    email: str | None
    attributes: dict[str, str | int | float | bool | None] = field(default_factory=dict)


def new_secret() -> str:
    """A secret of 256 random bits for one chat."""
    return secrets.token_urlsafe(32)


def read(token: str, *, secret: str, inbox_id: UUID, now: datetime) -> Identity:
    """Who a token says its bearer is. `aud` may be left out; if it is there, it names the inbox.

    Raises:
        IdentityRefused: signed with another secret or algorithm, expired, not yet valid, valid for
            more than 24 hours, meant for another inbox, or without a subject.
    """
    try:
        decoded = jwt.decode(token, OctKey.import_key(secret), algorithms=[_ALGORITHM])
    except (JoseError, ValueError, TypeError, UnicodeError, RecursionError):
        raise IdentityRefused from None
    claims: dict[str, Any] = decoded.claims
    _check_time(claims, now)
    audience = claims.get("aud", str(inbox_id))
    if str(inbox_id) not in (audience if isinstance(audience, list) else [audience]):
        raise IdentityRefused
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= MAX_SUBJECT_CHARS:
        raise IdentityRefused
    return Identity(
        subject=subject,
        name=_line(claims.get("name")),
        email=_email(claims.get("email")),
        attributes=_attributes(claims.get("attributes")),
    )


def _check_time(claims: dict[str, Any], now: datetime) -> None:
    expires, begins, seconds = claims.get("exp"), claims.get("nbf", 0), now.timestamp()
    if not _is_number(expires) or not _is_number(begins) or not seconds < expires:
        raise IdentityRefused("The proof of identity has expired, or does not say when it will.")
    if expires > seconds + (LONGEST_LIFETIME + LEEWAY).total_seconds():
        raise IdentityRefused("The proof of identity must expire within 24 hours.")
    if begins > seconds + LEEWAY.total_seconds():
        raise IdentityRefused


def _is_number(value: object) -> TypeIs[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _line(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    return " ".join(value.replace("\x00", "").split())[:200] or None


def _email(value: object) -> str | None:
    line = _line(value)
    return line if line and line.count("@") == 1 and " " not in line and len(line) <= 254 else None


def _attributes(value: object) -> dict[str, str | int | float | bool | None]:
    """Flat facts only; anything else the web site adds is left out."""
    if not isinstance(value, dict):
        return {}
    kept: dict[str, str | int | float | bool | None] = {}
    for key, fact in list(value.items())[:MAX_ATTRIBUTES]:
        name = str(key)[:64]
        if not name.replace("_", "").replace("-", "").isalnum():
            continue
        if isinstance(fact, str):
            kept[name] = fact.replace("\x00", "")[:2_000]
        elif fact is None or isinstance(fact, bool | int | float):
            kept[name] = fact
    return kept
