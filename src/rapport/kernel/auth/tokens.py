"""Opaque random tokens. Only their SHA-256 is stored, so a leaked table opens nothing.

A fast hash is enough: 256 random bits cannot be guessed, unlike a password.
"""

import hashlib
import secrets


def new_token() -> str:
    """256 random bits, safe in a URL, derived from nothing."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> bytes:
    """What is stored of a token and looked up by it."""
    return hashlib.sha256(token.encode()).digest()


def new_api_key() -> tuple[str, str]:
    """A fresh API key and its prefix, by which people tell keys apart."""
    prefix = secrets.token_hex(4)
    return f"rk_{prefix}_{new_token()}", prefix
