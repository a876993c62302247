"""Importing a folder of Markdown or HTML: folders become collections, files become articles.

Front matter (`title`, `slug`, `locale`, `summary`, `status`) wins over what the file says itself.
Without it the title is the first heading or the file's name, the slug is the file's name, and the
locale is that of the nearest folder called like one (`de/`, `pt-BR/`), or the one asked for.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal
from uuid import UUID

from pydantic import ValidationError

from rapport.kernel.context import Ctx
from rapport.kernel.errors import RapportError
from rapport.knowledge.importing import front_matter
from rapport.knowledge.importing.html import to_markdown
from rapport.knowledge.schemas import ArticleIn, ArticlePatch, CollectionIn
from rapport.knowledge.service import articles, collections
from rapport.knowledge.slugs import slugify

MAX_FILE_BYTES: Final = 1_000_000
MAX_FILES: Final = 20_000
_SUFFIXES: Final = frozenset({".md", ".markdown", ".html", ".htm"})
_INDEX: Final = frozenset({"index", "readme", "_index"})
_LOCALE = re.compile(r"[a-z]{2}(-[A-Z]{2})?")
_HEADING = re.compile(r"\A\s*#[ \t]+(.+?)[ \t#]*(?:\n|\Z)")
_SET_BY_HEAD: Final = ("title", "slug", "locale", "summary", "status")

Outcome = Literal["created", "updated", "unchanged", "skipped"]


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of one file, and why when it was left out."""

    path: str
    outcome: Outcome
    reason: str = ""


class Skipped(Exception):
    """A file that cannot become an article; the message says why."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file read: the article it asks for, and the folders it lies in."""

    path: str
    folders: tuple[str, ...]
    article: ArticleIn


def sources(
    folder: Path, *, locale: str = "en", draft: bool = False
) -> Iterator[Source | Imported]:
    """Every file below `folder` in order: an article, or why it is none.

    Hidden files and folders are passed over in silence; links out of the folder are not followed.
    """
    root = folder.resolve()
    for count, path in enumerate(sorted(p for p in root.rglob("*") if not _is_hidden(p, root))):
        if not path.is_file():
            continue
        name = path.relative_to(root).as_posix()
        try:
            if count >= MAX_FILES:
                raise Skipped(f"more than {MAX_FILES:,} files")
            yield _source(path, root, locale=locale, draft=draft)
        except Skipped as reason:
            yield Imported(name, "skipped", str(reason))


async def store(ctx: Ctx, source: Source, *, into: UUID | None = None) -> Imported:
    """Make the article, or bring the one with its locale and slug up to date; never a second one.

    Its collections are made as needed, inside `into`. A refusal is an outcome, not an error; it is
    decided before anything is written.
    """
    try:
        found = await articles.find_article(ctx, source.article.locale, source.article.slug or "")
        home = await _collection(ctx, source.folders, into)
        if found is None:
            new = source.article.model_copy(update={"collection_id": home})
            await articles.create_article(ctx, new)
            return Imported(source.path, "created")
        before = (found.version, found.updated_at, found.status)
        wanted = source.article
        patch = ArticlePatch(
            title=wanted.title, body=wanted.body, summary=wanted.summary, collection_id=home
        )
        article = await articles.change_article(ctx, found.id, patch)
        if wanted.status == "published":
            await articles.publish(ctx, found.id)
        changed = before != (article.version, article.updated_at, article.status)
        return Imported(source.path, "updated" if changed else "unchanged")
    except RapportError as refusal:
        return Imported(source.path, "skipped", refusal.detail)


def _source(path: Path, root: Path, *, locale: str, draft: bool) -> Source:
    name = path.relative_to(root).as_posix()
    text = _text(path, root)
    head: Mapping[str, str] = {}
    if path.suffix.lower() in {".html", ".htm"}:
        title, body = to_markdown(text)
    else:
        head, body = front_matter.split(text)
        title, body = _heading(body, keep=head.get("title"))
    folders = path.relative_to(root).parts[:-1]
    if not body.strip():
        raise Skipped("it has no text")
    given = {
        "title": title or _spoken(path.stem),
        "slug": slugify(_stem(path, folders)),
        "locale": next((f for f in reversed(folders) if _LOCALE.fullmatch(f)), locale),
        "status": "draft" if draft or head.get("draft") == "true" else "published",
        **{key: head[key] for key in _SET_BY_HEAD if key in head},
    }
    try:
        article = ArticleIn.model_validate({**given, "body": body.strip()})
    except ValidationError as error:
        raise Skipped(_told(error)) from None
    shelves = tuple(f for f in folders if not _LOCALE.fullmatch(f))
    return Source(name, shelves, article)


def _text(path: Path, root: Path) -> str:
    if not path.resolve().is_relative_to(root):
        raise Skipped("it is a link to a file outside the folder")
    if path.suffix.lower() not in _SUFFIXES:
        raise Skipped("it is neither Markdown nor HTML")
    if path.stat().st_size > MAX_FILE_BYTES:
        raise Skipped("it is larger than 1 MB")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise Skipped("it is not UTF-8 text") from None
    except OSError as error:
        raise Skipped(f"it cannot be read: {error.strerror}") from None
    if "\x00" in text:
        raise Skipped("it is not a text file")
    return text.replace("\r\n", "\n")


def _heading(body: str, *, keep: str | None) -> tuple[str, str]:
    """The heading a text begins with, and the text without it.

    With a title of its own, the file keeps a heading that says something else.
    """
    found = _HEADING.match(body)
    if found is None or (keep is not None and keep.strip() != found[1].strip()):
        return "", body
    return found[1].strip(), body[found.end() :]


def _stem(path: Path, folders: Sequence[str]) -> str:
    return folders[-1] if path.stem.lower() in _INDEX and folders else path.stem


def _spoken(name: str) -> str:
    """`refund_policy` and `01-refund-policy` as a person would write them."""
    words = re.sub(r"[-_\s]+", " ", re.sub(r"\A\d+[-_. ]+", "", name)).strip() or name
    return words[:1].upper() + words[1:]


def _is_hidden(path: Path, root: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(root).parts)


def _told(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())


async def _collection(ctx: Ctx, folders: Sequence[str], into: UUID | None) -> UUID | None:
    """The collection for a chain of folders, made where missing; `into` for a file at the top."""
    parent = into
    known = {(c.parent_id, c.name): c.id for c in await collections.list_collections(ctx)}
    for folder in folders:
        name = _spoken(folder)
        found = known.get((parent, name))
        if found is None:
            new = CollectionIn(name=name, parent_id=parent)
            found = (await collections.create_collection(ctx, new)).id
        parent = found
    return parent
