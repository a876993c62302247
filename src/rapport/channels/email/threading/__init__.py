"""Which conversation a mail belongs to."""

from rapport.channels.email.threading.deciding import Evidence, Link, Place, decide
from rapport.channels.email.threading.hashes import address_hash, mail_hash, message_hash
from rapport.channels.email.threading.keys import key_of
from rapport.channels.email.threading.tokens import (
    Token,
    message_id,
    mint,
    number_in,
    read,
    tokens_of,
)

__all__ = [
    "Evidence",
    "Link",
    "Place",
    "Token",
    "address_hash",
    "decide",
    "key_of",
    "mail_hash",
    "message_hash",
    "message_id",
    "mint",
    "number_in",
    "read",
    "tokens_of",
]
