"""What mail programs write around a reply, by language: facts only, no rules.

The words are in `phrases.json`, in lower case; languages are named by ISO 639-1.
"""

from importlib.resources import files
from typing import Final

import msgspec


class Phrases(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """Each list of words, by the place in which they are looked for."""

    wrote: dict[str, list[str]]
    """The word for having written, in the line above a quote."""
    unspaced: list[str]
    """Languages whose words need no space around them to be words."""
    openers: list[str]
    """With which words the line above a quote begins, when not with a date or a name."""
    sure_openers: list[str]
    """Those of them that open no other line with a date so often."""
    quoting: list[str]
    """Words that make such a line without a date and without a word for having written."""
    myself: list[str]
    """Before the word for having written they show that a person tells, not a program."""
    from_: list[str]
    sent: list[str]
    to: list[str]
    subject: list[str]
    others: list[str]
    """The names of header fields above an original message, by what they say."""
    originals: dict[str, list[str]]
    """The headline above an original or a forwarded message."""
    reply_above: list[str]
    """What help desks write on the line above which the customer is to answer."""
    sent_from_mine: list[str]
    """`Sent from my …`: what follows may be any thing."""
    sent_from: list[str]
    """`Sent from …`: only when a device or a program follows."""
    sent_at_the_end: list[tuple[str, str]]
    """How such a line begins and ends in languages that say it last."""
    devices: list[str]
    """What mail is sent from: devices and programs, or how their names begin."""
    excuses: list[str]
    """With which such a line asks pardon for its brevity."""
    greetings: list[str]
    """With which people take leave at the end of a mail, or how that begins."""
    talking: list[str]
    """Words that a person says to another, and the small print of a company does not."""
    see_below: list[str]
    """With which people say that their answers stand between the quoted lines."""


PHRASES: Final = msgspec.json.decode(
    files(__package__).joinpath("phrases.json").read_bytes(), type=Phrases
)
