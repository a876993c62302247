"""`rapport knowledge`: articles from files."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from rapport.kernel.context import SYSTEM, Ctx
from rapport.kernel.database.engine import Database
from rapport.kernel.errors import NotFound
from rapport.kernel.settings.process import Settings
from rapport.knowledge import service as knowledge
from rapport.knowledge.importing.folder import Imported, sources, store
from rapport.knowledge.repository import find_site
from rapport.knowledge.schemas import CollectionIn
from rapport.server.bootstrap import with_running_database
from rapport.server.process import open_database

app = typer.Typer(no_args_is_help=True)


class WorkspaceUnknown(NotFound):
    """There is no such workspace here."""


@app.callback()
def knowledge_base() -> None:
    """The knowledge base: articles from files."""


@app.command(name="import")
def import_folder(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="Markdown or HTML.")],
    workspace: Annotated[str | None, typer.Option(help="Its slug; the first when absent.")] = None,
    collection: Annotated[str | None, typer.Option(help="Put everything into this one.")] = None,
    locale: Annotated[str, typer.Option(help="Of files that do not say theirs.")] = "en",
    draft: Annotated[bool, typer.Option("--draft", help="Do not publish them yet.")] = False,
) -> None:
    """Import a folder: files become articles, folders collections. Importing again updates them."""
    settings = with_running_database(Settings())
    outcomes = asyncio.run(
        _import(settings, folder, workspace, collection, locale=locale, draft=draft)
    )
    for one in outcomes:
        if one.outcome == "skipped":
            typer.echo(f"skipped {one.path}: {one.reason}")
    counted = Counter(one.outcome for one in outcomes)
    typer.echo(
        ", ".join(f"{counted[o]} {o}" for o in ("created", "updated", "unchanged", "skipped"))
    )


async def workspace_called(database: Database, slug: str | None) -> UUID:
    """The workspace with this slug, or the first one.

    Raises:
        WorkspaceUnknown: there is none of that name.
    """
    async with database.connect() as session:
        site = await find_site(session, slug)
    if site is None:
        raise WorkspaceUnknown
    return site.workspace_id


async def _import(
    settings: Settings,
    folder: Path,
    workspace: str | None,
    collection: str | None,
    *,
    locale: str,
    draft: bool,
) -> list[Imported]:
    """A unit of work per file, so that no reader of the log waits; importing again goes on."""
    database = open_database(settings)
    try:
        workspace_id = await workspace_called(database, workspace)
        async with database.begin(workspace_id, SYSTEM) as ctx:
            into = await _collection(ctx, collection)
        outcomes = []
        for source in sources(folder, locale=locale, draft=draft):
            if isinstance(source, Imported):
                outcomes.append(source)
                continue
            async with database.begin(workspace_id, SYSTEM) as ctx:
                outcomes.append(await store(ctx, source, into=into))
        return outcomes
    finally:
        await database.dispose()


async def _collection(ctx: Ctx, name: str | None) -> UUID | None:
    """The collection with this name or slug, made when there is none."""
    if name is None:
        return None
    for known in await knowledge.list_collections(ctx):
        if name in (known.name, known.slug):
            return known.id
    return (await knowledge.create_collection(ctx, CollectionIn(name=name))).id
