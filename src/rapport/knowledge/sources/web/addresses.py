"""Which addresses belong to a source, and one spelling for each."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urljoin, urlsplit

from rapport.kernel.urls import is_web_address
from rapport.knowledge.sources.web.patterns import matches

MAX_CHARS: Final = 1_000
MAX_SEGMENTS: Final = 20
_MAX_REPEATED: Final = 2
"""So often a part of a path may come again: more is a link that leads into itself."""
_PORTS: Final = {"http": 80, "https": 443}
_VISIT: Final = re.compile(
    r"utm_\w+|gclid|fbclid|msclkid|mc_[ce]id|_ga|phpsessid|jsessionid|sessionid|session_id|sid|"
    r"aspsessionid\w*|cfid|cftoken",
    re.IGNORECASE,
)
"""Parameters that tell one visit from another, and not one page from another."""
_PATH_VISIT: Final = re.compile(r";jsessionid=[^/;]*", re.IGNORECASE)
_ESCAPED: Final = "/%:@!$&'*+,;=~-._"
_NOT_PAGES: Final = re.compile(
    r"\.(?:7z|avi|bmp|css|docx?|eot|exe|gif|gz|ico|iso|jpe?g|js|json|mp[34]|odt|pdf|png|pptx?|rar|"
    r"svg|tar|tiff?|ttf|wav|web[mp]|woff2?|xlsx?|zip)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Scope:
    """What of the web belongs to a source: hosts, and patterns of paths."""

    start: str
    hosts: frozenset[str]
    include: Sequence[str]
    exclude: Sequence[str]

    def holds_host(self, url: str) -> bool:
        """Whether an address, in its one spelling, lies on a host of the source."""
        return host_of(url) in self.hosts

    def holds(self, url: str) -> bool:
        """Whether an address, in its one spelling, may become a document."""
        path = path_of(url)
        included = not self.include or any(matches(pattern, path) for pattern in self.include)
        excluded = any(matches(pattern, path) for pattern in self.exclude)
        return included and not excluded and self.holds_host(url)

    def may_visit(self, url: str) -> bool:
        """Whether an address may be fetched: the first page is, for its links, in any case."""
        return url == self.start or self.holds(url)


def normal(link: str, base: str) -> str | None:
    """The one spelling of where `link` leads from the page `base`; None when that is no page.

    Without fragment and without what only tells visits apart. Addresses that are too long, or that
    lead deeper and deeper into themselves, are none.
    """
    if len(link) > 4 * MAX_CHARS:
        return None
    try:
        parts = urlsplit(urljoin(base, re.sub(r"[\t\r\n]", "", link.strip())))
        address = _spelled(parts)
    except ValueError:
        return None
    if address is None or len(address) > MAX_CHARS or not is_web_address(address):
        return None
    segments = [segment for segment in path_of(address).split("?")[0].split("/") if segment]
    if len(segments) > MAX_SEGMENTS:
        return None
    if any(segments.count(segment) > _MAX_REPEATED for segment in segments):
        return None
    return address


def is_page(url: str) -> bool:
    """Whether a link may lead to a text, going by how it ends."""
    return _NOT_PAGES.search(urlsplit(url).path) is None


def host_of(url: str) -> str:
    """The host of an address, with its port where that is not the usual one."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    host = f"[{host}]" if ":" in host else host
    usual = parts.port in {None, _PORTS.get(parts.scheme)}
    return host if usual else f"{host}:{parts.port}"


def path_of(url: str) -> str:
    """Path and query of an address: what patterns are compared with."""
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _spelled(parts: SplitResult) -> str | None:
    """Raises ValueError where the port is none."""
    scheme = parts.scheme.lower()
    if scheme not in _PORTS or parts.username is not None or parts.password is not None:
        return None
    host = host_of(parts.geturl())
    path = quote(_PATH_VISIT.sub("", parts.path) or "/", safe=_ESCAPED)
    query = urlencode(
        [
            pair
            for pair in parse_qsl(parts.query, keep_blank_values=True, max_num_fields=50)
            if not _VISIT.fullmatch(pair[0])
        ]
    )
    return f"{scheme}://{host}{path}" + (f"?{query}" if query else "")
