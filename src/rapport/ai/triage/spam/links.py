"""Links: how many there are, where they lead, and whether they say where."""

import re
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Final, NamedTuple
from urllib.parse import urlsplit

MOST: Final = 200
"""So many links are looked at."""
_LINK: Final = re.compile(r"(?:https?://|www\.)[^\s<>\"'()\[\]]{3,500}", re.IGNORECASE)
_HOST_IN_TEXT: Final = re.compile(
    r"(?:https?://)?(?P<host>(?:[\w-]{1,63}\.){1,6}[a-z]{2,24})(?=[/:?#\s]|$)", re.I
)
_CHEAP: Final = frozenset(
    (
        "top",
        "xyz",
        "click",
        "icu",
        "buzz",
        "loan",
        "win",
        "cam",
        "monster",
        "rest",
        "quest",
        "sbs",
        "cfd",
        "pw",
        "tk",
    )
)
_SHORT: Final = frozenset(
    ("bit.ly", "tinyurl.com", "t.co", "goo.gl", "is.gd", "cutt.ly", "rb.gy", "shorturl.at", "ow.ly")
)
_LURES: Final = re.compile(
    r"secur|verif|login|signin|account|update|confirm|sicher|segur|pay", re.I
)
_SECOND_LEVEL: Final = frozenset(("co", "com", "org", "net", "gov", "ac", "edu"))


class Link(NamedTuple):
    """What a link says, and where it leads."""

    text: str
    address: str


class Links(NamedTuple):
    """What the links of a message tell."""

    hosts: int
    """How many different places they lead to."""
    share: float
    """How much of the text they are."""
    luring: int
    """How many lead to places such as nobody honest uses."""
    mismatched: int
    """How many say one place and lead to another."""


def examine(text: str, links: Sequence[Link] = ()) -> Links:
    """What the links of a text tell, and those of its HTML, where there was any."""
    found = [it[0] for it in _LINK.finditer(text)][:MOST]
    addresses = [*found, *(link.address for link in links[:MOST])]
    hosts = {host for it in addresses if (host := _host(it))}
    return Links(
        hosts=len({_owner(host) for host in hosts}),
        share=sum(map(len, found)) / max(1, len(text)),
        luring=sum(map(_is_luring, hosts)),
        mismatched=sum(map(_is_mismatched, links[:MOST])),
    )


def _host(address: str) -> str:
    try:
        parts = urlsplit(address if "//" in address else f"//{address}")
        return (parts.hostname or "").rstrip(".")
    except ValueError:
        return ""


def _owner(host: str) -> str:
    """The last two names of a host, three below `co.uk` and the like."""
    names = host.split(".")
    count = 3 if len(names) > 2 and names[-2] in _SECOND_LEVEL and len(names[-1]) == 2 else 2
    return ".".join(names[-count:])


def _is_luring(host: str) -> bool:
    if host in _SHORT or "xn--" in host:
        return True
    try:
        return ip_address(host).is_global or host.startswith("192.")
    except ValueError:
        pass
    name, _, ending = host.rpartition(".")
    return ending in _CHEAP or (name.count("-") > 0 and _LURES.search(name) is not None)


def _is_mismatched(link: Link) -> bool:
    said = _HOST_IN_TEXT.match(link.text.strip()[:300])
    leads = _host(link.address)
    return said is not None and bool(leads) and _owner(said["host"].lower()) != _owner(leads)
