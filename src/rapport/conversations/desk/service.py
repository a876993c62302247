"""What lies on every agent's desk: tags and macros."""

from uuid import UUID

from rapport.conversations.desk.repository import MacroRepository, TagRepository
from rapport.conversations.errors import TagNameTaken
from rapport.conversations.events import CatalogueChanged
from rapport.conversations.models import Macro, Tag
from rapport.conversations.schemas import MacroOut, TagOut
from rapport.kernel.audit import service as audit
from rapport.kernel.context import Ctx
from rapport.kernel.events import emit


async def tags(ctx: Ctx) -> list[TagOut]:
    """All tags of the workspace, by name."""
    return [TagOut.model_validate(row) for row in await TagRepository(ctx).all()]


async def create_tag(ctx: Ctx, *, name: str, colour: str = "#868e96") -> Tag:
    """A new tag.

    Raises:
        TagNameTaken: another tag has this name.
    """
    repository = TagRepository(ctx)
    if await repository.named(name) is not None:
        raise TagNameTaken
    tag = await repository.add(name=name, colour=colour)
    await _announce(ctx, "tag", tag, "created")
    return tag


async def change_tag(
    ctx: Ctx, tag_id: UUID, *, name: str | None = None, colour: str | None = None
) -> Tag:
    """Rename or recolour a tag; what is None stays.

    Raises:
        TagNotFound: no such tag in this workspace.
        TagNameTaken: another tag has this name.
    """
    repository = TagRepository(ctx)
    tag = await repository.get(tag_id, lock=True)
    was = tag.name
    if name is not None:
        namesake = await repository.named(name)
        if namesake is not None and namesake.id != tag_id:
            raise TagNameTaken
        tag.name = name
    tag.colour = colour or tag.colour
    await ctx.session.flush()
    await _announce(ctx, "tag", tag, "changed", was=was)
    return tag


async def delete_tag(ctx: Ctx, tag_id: UUID) -> None:
    """Delete a tag and take it off all conversations.

    Raises:
        TagNotFound: no such tag in this workspace.
    """
    repository = TagRepository(ctx)
    tag = await repository.get(tag_id, lock=True)
    await repository.remove(tag)
    await _announce(ctx, "tag", tag, "deleted")


async def macros(ctx: Ctx) -> list[MacroOut]:
    """All prepared replies of the workspace, by name."""
    return [MacroOut.model_validate(row) for row in await MacroRepository(ctx).all()]


async def create_macro(ctx: Ctx, *, name: str, body: str) -> Macro:
    """A new prepared reply."""
    macro = await MacroRepository(ctx).add(name=name, body=body)
    await _announce(ctx, "macro", macro, "created")
    return macro


async def change_macro(
    ctx: Ctx, macro_id: UUID, *, name: str | None = None, body: str | None = None
) -> Macro:
    """Change a prepared reply; what is None stays.

    Raises:
        MacroNotFound: no such macro in this workspace.
    """
    macro = await MacroRepository(ctx).get(macro_id, lock=True)
    was = macro.name
    macro.name = macro.name if name is None else name
    macro.body = macro.body if body is None else body
    await ctx.session.flush()
    await _announce(ctx, "macro", macro, "changed", was=was)
    return macro


async def delete_macro(ctx: Ctx, macro_id: UUID) -> None:
    """Delete a prepared reply.

    Raises:
        MacroNotFound: no such macro in this workspace.
    """
    macro = await MacroRepository(ctx).get(macro_id, lock=True)
    await ctx.session.delete(macro)
    await ctx.session.flush()
    await _announce(ctx, "macro", macro, "deleted")


async def _announce(
    ctx: Ctx, kind: str, thing: Tag | Macro, what: str, *, was: str | None = None
) -> None:
    """Tell the other desks, and the audit record; `was` is the name before."""
    await emit(ctx, CatalogueChanged(kind=kind, id=thing.id), subject=thing.id)
    details: dict[str, object] = (
        {"name": [was, thing.name]} if was not in {None, thing.name} else {}
    )
    await audit.record(
        ctx, f"{kind}.{what}", subject=f"{kind}:{thing.id}", name=thing.name, details=details
    )
