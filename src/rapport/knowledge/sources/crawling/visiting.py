"""One visit: an address is asked for, and what came of it is put into words. Writes nothing."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from rapport.knowledge.sources.reading.charset import decoded
from rapport.knowledge.sources.reading.page import NotReadable, Page, Text, read
from rapport.knowledge.sources.web import robots as robots_txt
from rapport.knowledge.sources.web import sitemap
from rapport.knowledge.sources.web.addresses import Scope, host_of, is_page, normal, path_of
from rapport.knowledge.sources.web.fetching import Fetched, NotFetched, Web
from rapport.knowledge.sources.web.robots import Robots

_MOVED: Final = frozenset({301, 302, 303, 307, 308})
_GONE: Final = frozenset({404, 410})
_BUSY: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_MOST_WAIT_S: Final = 60.0
_MAX_SITEMAPS: Final = 50
_HOPS: Final = 3


@dataclass(frozen=True, slots=True)
class Address:
    """What is to be visited, and by what a server can tell that it has not changed since."""

    url: str
    is_sitemap: bool = False
    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class Visit:
    """What came of a visit.

    `state`, `reason` and `detail` as in `SourcePage`. `text` is what is to be indexed. `leads_to`
    is an address that stands for this one. `keeps`: what is indexed of it stays, as nothing better
    is known. `may_help`: another attempt may help, after `wait_s` seconds.
    """

    state: str
    reason: str = ""
    detail: str = ""
    text: Text | None = None
    links: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    leads_to: str | None = None
    etag: str = ""
    last_modified: str = ""
    keeps: bool = False
    may_help: bool = False
    wait_s: float = 0.0


class Visitor:
    """Visits the addresses of one source; knows what the robots.txt of its hosts say."""

    def __init__(self, web: Web, scope: Scope) -> None:
        """Visit what lies in `scope` by `web`."""
        self._web = web
        self._scope = scope
        self._robots: dict[str, Robots | NotFetched] = {}

    async def visit(self, address: Address) -> Visit:
        """Ask for an address and read what comes."""
        url = address.url
        is_ours = self._scope.holds_host(url) if address.is_sitemap else self._scope.may_visit(url)
        if not is_ours:
            return Visit("skipped", "outside", "The address does not belong to the source.")
        try:
            rules = await self._rules(url)
            if not rules.allows(path_of(url)):
                return Visit("skipped", "robots", "The site's robots.txt asks not to visit it.")
            known = {"if-none-match": address.etag, "if-modified-since": address.last_modified}
            fetched = await self._web.fetch(
                url, delay_s=rules.delay_s, known={n: v for n, v in known.items() if v}
            )
        except NotFetched as error:
            return Visit("failed", "not_fetched", str(error), keeps=True, may_help=error.may_help)
        if fetched.status != 200:
            return self._refused(fetched)
        if address.is_sitemap:
            return await self._listed(fetched)
        visit = await self._read(fetched)
        if url == self._scope.start:
            visit = replace(visit, sitemaps=self._on_our_hosts(url, rules.sitemaps))
        return visit

    async def _rules(self, url: str) -> Robots:
        """Raises NotFetched: without a robots.txt that can be read, nothing is visited."""
        host = host_of(url)
        if host not in self._robots:
            try:
                self._robots[host] = await self._asked(f"{url.partition('://')[0]}://{host}")
            except NotFetched as error:
                self._robots[host] = error
        known = self._robots[host]
        if isinstance(known, NotFetched):
            raise known
        return known

    async def _asked(self, origin: str) -> Robots:
        url = f"{origin}/robots.txt"
        for _ in range(_HOPS):
            fetched = await self._web.fetch(url)
            if fetched.status == 200:
                content = fetched.content[: robots_txt.MAX_BYTES]
                return robots_txt.parse(decoded(content, "charset=utf-8"))
            if fetched.status >= 500 or fetched.status == 429:
                raise NotFetched(
                    f"The site's robots.txt cannot be read (status {fetched.status}), so it is "
                    "not visited.",
                    may_help=True,
                )
            there = normal(fetched.headers.get("location", ""), url)
            if fetched.status not in _MOVED or not there or not self._scope.holds_host(there):
                break
            url = there
        return Robots()

    def _refused(self, fetched: Fetched) -> Visit:
        """What any other status than 200 means."""
        status = fetched.status
        if status == 304:
            return Visit("indexed", keeps=True)
        if status in _MOVED:
            return self._moved(fetched)
        if status in _GONE:
            return Visit("gone", "gone", f"The page is not there any more (status {status}).")
        if status in {401, 403}:
            return Visit(
                "failed", "forbidden", f"The site does not let us in (status {status}).", keeps=True
            )
        wait = fetched.headers.get("retry-after", "")
        return Visit(
            "failed",
            "status",
            f"The server answered with status {status}.",
            keeps=True,
            may_help=status in _BUSY,
            wait_s=min(float(wait), _MOST_WAIT_S) if wait.isdecimal() else 0.0,
        )

    def _moved(self, fetched: Fetched) -> Visit:
        there = normal(fetched.headers.get("location", ""), fetched.url)
        if there is None:
            return Visit("failed", "status", "The page leads to an address that is none.")
        if not self._scope.holds_host(there):
            told = f"The page leads to {host_of(there)}, which is not a host of this source."
            return Visit("skipped", "leads_away", told)
        if not self._scope.holds(there):
            return Visit("skipped", "leads_away", f"The page leads to {there}, which is left out.")
        return Visit("skipped", "moved", f"The page has moved to {there}.", leads_to=there)

    async def _listed(self, fetched: Fetched) -> Visit:
        try:
            listed = await asyncio.to_thread(sitemap.parse, fetched.content)
        except sitemap.SitemapUnreadable as error:
            return Visit("failed", "not_readable", str(error))
        pages = (normal(url, fetched.url) for url in listed.pages)
        links = tuple(url for url in pages if url and self._is_wanted(url))
        return Visit("read", links=links, sitemaps=self._on_our_hosts(fetched.url, listed.sitemaps))

    async def _read(self, fetched: Fetched) -> Visit:
        try:
            page = await asyncio.to_thread(read, fetched.url, fetched.headers, fetched.content)
        except NotReadable as error:
            return Visit("skipped", "not_readable", str(error))
        visit = self._judged(fetched.url, page)
        links = tuple(url for url in page.links if self._is_wanted(url)) if page.may_follow else ()
        return replace(
            visit,
            links=links,
            etag=fetched.headers.get("etag", "")[:500],
            last_modified=fetched.headers.get("last-modified", "")[:100],
        )

    def _judged(self, url: str, page: Page) -> Visit:
        """Whether a page becomes a document."""
        if not page.may_index:
            return Visit("skipped", "noindex", "The page asks not to be indexed.")
        if not self._scope.holds(url):
            return Visit("skipped", "outside", "The page is visited for its links only.")
        if not page.text.body:
            return Visit("skipped", "empty", "The page has no text of its own.")
        there = page.canonical
        if there is not None and self._scope.holds(there):
            told = f"The page says that it stands at {there}."
            return Visit("skipped", "canonical", told, text=page.text, leads_to=there)
        return Visit("indexed", text=page.text)

    def _is_wanted(self, url: str) -> bool:
        return self._scope.holds(url) and is_page(url)

    def _on_our_hosts(self, base: str, urls: Sequence[str]) -> tuple[str, ...]:
        spelled = (normal(url, base) for url in urls[:_MAX_SITEMAPS])
        return tuple(url for url in spelled if url and self._scope.holds_host(url))
