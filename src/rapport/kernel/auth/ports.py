"""Telling people things before there is a channel for it."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Mail:
    """A plain letter from the system to one person."""

    to: str
    subject: str
    text: str


class Mailer(Protocol):
    """Takes the system's own letters: invitations and password resets."""

    async def send(self, mail: Mail) -> None:
        """Take responsibility for one letter.

        Raises:
            Unreachable: it could not be handed on; nothing was sent.
        """
