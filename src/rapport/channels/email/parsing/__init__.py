"""The bytes of a message, read."""

from rapport.channels.email.parsing.mail import (
    Address,
    Attachment,
    Auto,
    AutoKind,
    Bounce,
    Invite,
    Mail,
    Receipt,
    Trace,
)
from rapport.channels.email.parsing.reading import parse

__all__ = [
    "Address",
    "Attachment",
    "Auto",
    "AutoKind",
    "Bounce",
    "Invite",
    "Mail",
    "Receipt",
    "Trace",
    "parse",
]
