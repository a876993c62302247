"""Who a message says it is from: one person, and the same whichever program reads it."""

import re
from typing import Final

from rapport.channels.email.envelope import folded
from rapport.channels.email.parsing import addresses
from rapport.channels.email.parsing.mail import Mail
from rapport.channels.email.trust.dmarc import is_same_people
from rapport.channels.email.trust.message import Message

_DOMAIN: Final = re.compile(r"(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.?)+")


def domain_of(mail: Mail) -> str:
    """The domain of the address in From as DNS has it; "" when that can be none."""
    domain = _domain(mail.from_.address) if mail.from_ else ""
    return domain if _DOMAIN.fullmatch(domain) else ""


def what_is_wrong(message: Message, mail: Mail) -> str | None:
    """Why nobody can be proved to be the author: a reason for the verdict, or None."""
    named = message.all(b"from")
    if not named:
        return "from_missing"
    found = addresses.parse(named[0].value.decode("utf-8", "replace").replace("\r\n", ""))
    if len(named) > 1 or len(found) > 1:
        return "from_several"
    if not found or not found[0].address:
        return "from_missing"
    is_same = mail.from_ is not None and folded(found[0].address) == folded(mail.from_.address)
    return None if is_same and domain_of(mail) else "from_unclear"


def looks(mail: Mail) -> tuple[str, ...]:
    """What somebody should look at, whoever it is."""
    here = domain_of(mail)
    elsewhere = any(not is_same_people(_domain(one.address), here) for one in mail.reply_to)
    return ("reply_to_elsewhere",) if elsewhere else ()


def _domain(address: str) -> str:
    return folded(address).rpartition("@")[2]
