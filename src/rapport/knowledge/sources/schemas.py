"""Shapes of what is asked about sources, and answered."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from rapport.kernel.schemas import In, Out
from rapport.kernel.urls import WebAddress
from rapport.knowledge.schemas import Audience, Locale, Patch, Title
from rapport.knowledge.sources.reading.page import MAX_CHARS as BODY_CHARS
from rapport.knowledge.sources.web.addresses import MAX_CHARS, host_of, normal

SourceState = Literal["new", "queued", "running", "stopping", "done", "cancelled", "failed"]
PageState = Literal["waiting", "indexed", "read", "skipped", "failed", "gone"]
OwnKind = Literal["file", "snippet"]
MAX_PAGES = 5_000
_NO_NUL = r"^[^\x00]*$"


def _spelled(url: str) -> str:
    found = normal(url, url)
    if found is None:
        raise ValueError("must be the address of a web page")
    return found


def _host(host: str) -> str:
    found = normal(f"https://{host}/", "")
    if found is None or host_of(found) != host.lower():
        raise ValueError("must be a host such as help.example.com")
    return host.lower()


Url = Annotated[
    WebAddress,
    AfterValidator(_spelled),
    Field(max_length=MAX_CHARS, json_schema_extra={"format": "uri"}),
]
Host = Annotated[str, StringConstraints(max_length=255), AfterValidator(_host)]
Pattern = Annotated[str, StringConstraints(pattern=r"^[/*][^\x00\s]*$", max_length=200)]
Patterns = Annotated[list[Pattern], Field(max_length=50)]
Hosts = Annotated[list[Host], Field(max_length=10)]
DocumentBody = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=BODY_CHARS, pattern=_NO_NUL),
]


class SourceIn(In):
    """A web site to be crawled."""

    name: Title
    start_url: Url
    sitemap_url: Url | None = Field(None, description="Those that robots.txt names when absent.")
    hosts: Hosts = Field(default=[], description="Hosts besides that of the first page.")
    include: Patterns = Field(
        default=[], description="Paths, `*` for anything, e.g. `/help/*`; all when empty."
    )
    exclude: Patterns = []
    max_depth: int = Field(5, ge=0, le=20, description="Links between the first page and a page.")
    max_pages: int = Field(500, ge=1, le=MAX_PAGES, description="Addresses visited in one crawl.")
    every_hours: int | None = Field(24, ge=1, le=8_760, description="Null: only when asked to.")
    locale: Locale = "en"
    audience: Audience = "public"


class SourcePatch(Patch):
    """What to change about a source; absent fields stay."""

    name: Title | None = None
    start_url: Url | None = None
    sitemap_url: Url | None = None
    hosts: Hosts | None = None
    include: Patterns | None = None
    exclude: Patterns | None = None
    max_depth: int | None = Field(None, ge=0, le=20)
    max_pages: int | None = Field(None, ge=1, le=MAX_PAGES)
    every_hours: int | None = Field(None, ge=1, le=8_760)
    locale: Locale | None = None
    audience: Audience | None = None


class SourceOut(Out):
    """A source, and how its last crawl went or goes."""

    id: UUID
    name: str
    start_url: str
    sitemap_url: str | None
    hosts: list[str]
    include: list[str]
    exclude: list[str]
    max_depth: int
    max_pages: int
    every_hours: int | None
    locale: str
    audience: Audience
    state: SourceState
    found: int = Field(description="Addresses that this crawl is to visit, as far as it knows.")
    done: int = Field(description="Those that it has visited.")
    changed: int = Field(description="Pages that say something new.")
    failed: int
    error: str | None = Field(description="Why the crawl failed as a whole.")
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    next_at: datetime | None


class SourceDetailOut(SourceOut):
    """A source, and how much of it is searched."""

    indexed: int = Field(description="Pages that are searched now.")


class SourcePageOut(Out):
    """An address of a source, and what came of the last visit."""

    id: UUID
    url: str
    is_sitemap: bool
    depth: int
    state: PageState
    reason: str = Field(description="A code; empty where nothing needs to be said.")
    detail: str = Field(description="The reason in a sentence.")
    attempts: int
    visited_at: datetime | None


class PageTrialIn(In):
    """An address of a source to be looked at."""

    url: Url


class PageTrialOut(Out):
    """What a visit would come to; nothing is kept."""

    state: PageState
    reason: str
    detail: str
    title: str
    body: str = Field(description="Markdown, as it would be indexed.")
    parts: int = Field(description="Into how many parts it would be cut.")
    links: list[str] = Field(description="Addresses of the source that it leads to, at most 100.")


class SnippetIn(In):
    """A short text that answers one question."""

    title: Title = Field(description="The question, or what it is about.")
    body: DocumentBody = Field(description="The answer, as Markdown.")
    locale: Locale = "en"
    audience: Audience = "public"


class DocumentPatch(Patch):
    """What to change about a file or a snippet; absent fields stay."""

    title: Title | None = None
    body: DocumentBody | None = None
    locale: Locale | None = None
    audience: Audience | None = None


class DocumentRow(Out):
    """A file or a snippet as lists show it."""

    id: UUID
    kind: OwnKind
    title: str
    file_name: str | None
    locale: str
    audience: Audience
    updated_at: datetime


class DocumentOut(DocumentRow):
    """A file or a snippet with its text."""

    body: str
