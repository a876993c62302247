"""The port every channel to an outside service implements."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Protocol


@dataclass(frozen=True, slots=True)
class Inbound:
    """A message from outside, in our terms."""

    external_id: str
    """The provider's id; the same id twice is the same message."""
    sender: str
    body: str
    sent_at: datetime
    """By the provider's clock, with its time zone."""


@dataclass(frozen=True, slots=True)
class Outbound:
    """A message to carry outside."""

    recipient: str
    body: str
    idempotency_key: str
    """Stable across retries, so that the provider can drop the duplicate."""


class Channel(Protocol):
    """Carries messages between Rapport and one outside service.

    An adapter only translates and transports. It knows no customer, no conversation and no
    database, so it is tested with recorded payloads and nothing else. The web chat has no adapter:
    its other end is our own widget.
    """

    key: ClassVar[str]
    max_body_chars: ClassVar[int]

    def parse(self, body: bytes, headers: Mapping[str, str]) -> list[Inbound]:
        """Read one webhook call; an empty list means there is nothing for us in it.

        Raises:
            Malformed: the signature is wrong or the payload is not what the provider documents.
        """

    async def send(self, message: Outbound) -> str:
        """Deliver, and return the provider's id.

        Raises:
            Unreachable: no answer within 10 s, or one that says to try again.
            Undeliverable: a definite no, such as a number that does not exist.
        """
