"""Shapes of the knowledge base's requests and answers, and what retrieval hands to other rooms."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from rapport.kernel.schemas import In, Out

ArticleStatus = Literal["draft", "published"]
SearchMode = Literal["hybrid", "words"]
IndexState = Literal["building", "serving", "retired"]
DocumentKind = Literal["article", "page", "file", "snippet", "solved"]
Solved = Literal["without", "with", "only"]
"""Whether a search finds what solved conversations left; articles come first where both fit."""
Audience = Literal["public", "internal"]
"""Who may read a document: everybody, or only those who work here."""

_NO_NUL = r"^[^\x00]*$"  # PostgreSQL keeps no NUL in a text
Title = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=300, pattern=_NO_NUL),
]
Slug = Annotated[
    str, StringConstraints(pattern=r"^[^\W_]+(?:-[^\W_]+)*$", max_length=120, to_lower=True)
]
Locale = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$")]
Body = Annotated[str, StringConstraints(max_length=200_000, pattern=_NO_NUL)]
Summary = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500, pattern=_NO_NUL)]


@dataclass(frozen=True, slots=True)
class Passage:
    """One document that may answer a question, by the part of it that fits best.

    `article_id` is the document's id, of whatever `kind` it is. `url` is where its reader finds it:
    a path on this server for an article, an address for a page, else empty. `updated_at` of a
    solved conversation is when it was solved.

    `score` orders the passages: `z` of the cosine plus the workspace's weight times `z` of the root
    of BM25, each counted in standard deviations above the mean of the whole knowledge base. The
    cosines are absolute (1 means the same meaning, below 0.3 nothing in common) and are what a
    refusal should look at; both are None where the search ran on words alone.
    """

    article_id: UUID
    kind: DocumentKind
    chunk_id: UUID
    title: str
    slug: str
    locale: str
    url: str
    heading: str
    text: str
    score: float
    cosine_title: float | None
    cosine_body: float | None
    bm25: float
    z: float
    """Standard deviations of the cosine (of BM25 in words mode) above the mean."""
    updated_at: datetime

    @property
    def cosine(self) -> float | None:
        """The better of the title's and the text's cosine."""
        known = [c for c in (self.cosine_title, self.cosine_body) if c is not None]
        return max(known, default=None)


@dataclass(frozen=True, slots=True)
class Titled:
    """A document as lists of names show it; only articles lie in collections."""

    article_id: UUID
    collection_id: UUID | None
    title: str


class Patch(In):
    """Part of a thing: absent fields stay as they are."""

    def changes(self, *may_be_emptied: str) -> dict[str, Any]:
        """The fields that were sent; null means "stay", too, except for those that may be empty."""
        sent = self.model_dump(exclude_unset=True)
        return {n: v for n, v in sent.items() if v is not None or n in may_be_emptied}


class CollectionIn(In):
    """A new collection."""

    name: Title
    slug: Slug | None = Field(None, description="Made from the name when absent.")
    description: Summary = ""
    parent_id: UUID | None = None
    position: int | None = Field(None, ge=0, le=100_000, description="Last when absent.")


class CollectionPatch(Patch):
    """What to change about a collection; absent fields stay."""

    name: Title | None = None
    slug: Slug | None = None
    description: Summary | None = None
    parent_id: UUID | None = None
    position: int | None = Field(None, ge=0, le=100_000)


class CollectionOut(Out):
    """A shelf of articles."""

    id: UUID
    parent_id: UUID | None
    name: str
    slug: str
    description: str
    position: int


class ArticleIn(In):
    """A new article, as a draft unless it says otherwise."""

    title: Title
    body: Body = Field("", description="Markdown.")
    locale: Locale = "en"
    collection_id: UUID | None = None
    slug: Slug | None = Field(None, description="Made from the title when absent.")
    summary: Summary = ""
    status: ArticleStatus = "draft"


class ArticlePatch(Patch):
    """What to change about an article; absent fields stay."""

    title: Title | None = None
    body: Body | None = None
    locale: Locale | None = None
    collection_id: UUID | None = None
    slug: Slug | None = None
    summary: Summary | None = None
    expected_version: int | None = Field(
        None, description="Refuse the change if somebody saved another version meanwhile."
    )


class ArticleRow(Out):
    """An article as lists show it."""

    id: UUID
    collection_id: UUID | None
    title: str
    slug: str
    locale: str
    status: ArticleStatus
    summary: str
    version: int
    updated_at: datetime
    published_at: datetime | None


class ArticleOut(ArticleRow):
    """An article with its text, as Markdown and as safe HTML."""

    body: str
    html: str
    url: str | None = Field(description="Where the public reads it; null for a draft.")


class ArticleVersionOut(Out):
    """One saved state of an article."""

    number: int
    title: str
    summary: str
    body: str
    author: str = Field(description="Who saved it: kind and id of the actor.")
    created_at: datetime


class PreviewIn(In):
    """Markdown to be shown as it would appear."""

    body: Body


class PreviewOut(Out):
    """Safe HTML."""

    html: str


class SearchResult(Out):
    """A document that fits the words searched for."""

    article_id: UUID = Field(description="The document's id, of whatever kind it is.")
    kind: DocumentKind
    title: str
    slug: str
    locale: str
    snippet: str
    url: str = Field(description="Where one reads it; empty for files and snippets.")
    score: float


class SearchOut(Out):
    """What was found, best first, and by which means."""

    mode: SearchMode = Field(description="`words` when no embedding model took part.")
    results: list[SearchResult]


class KnowledgeStatus(Out):
    """How ready the search is."""

    embeddings: bool = Field(description="Whether an embedding model is there.")
    model: str | None = Field(description="The one that answers questions now.")
    articles: int = Field(description="Published articles.")
    chunks: int
    pending: int = Field(description="Chunks whose meaning it does not know yet.")


class SearchIndexOut(Out):
    """What one embedding model made of the workspace's articles."""

    model: str
    dimensions: int | None = Field(description="Numbers per vector; null until there is one.")
    state: IndexState = Field(
        description="`serving` answers questions, `building` will when it is done, `retired` "
        "answered before and is being deleted."
    )
    done: int = Field(description="Parts of articles it knows.")
    total: int = Field(description="Parts of articles in the languages it understands.")
    error: str | None = Field(description="Why the last attempt failed; it is tried again.")
    since: datetime = Field(description="When it entered its state.")
