from collections.abc import Sequence

from sqlalchemy import func, text

from rapport.conversations.errors import MacroNotFound, TagNotFound
from rapport.conversations.models import Macro, Tag
from rapport.kernel.repository import Repository

_UNTAG = text(
    "UPDATE conversations c SET tag_ids = array_remove(c.tag_ids, :tag_id) "
    "FROM conversation_tags t WHERE t.workspace_id = :workspace_id AND t.tag_id = :tag_id "
    "AND c.workspace_id = t.workspace_id AND c.id = t.conversation_id"
)


class TagRepository(Repository[Tag]):
    """Tags of one workspace."""

    model = Tag
    missing = TagNotFound

    async def all(self) -> Sequence[Tag]:
        """All of them, by name."""
        return (await self.ctx.session.scalars(self.select().order_by(func.lower(Tag.name)))).all()

    async def named(self, name: str) -> Tag | None:
        """The tag of this name, in whatever case."""
        statement = self.select().where(func.lower(Tag.name) == func.lower(name))
        found: Tag | None = await self.ctx.session.scalar(statement)
        return found

    async def remove(self, tag: Tag) -> None:
        """Delete a tag and take it off all conversations."""
        await self.ctx.session.execute(
            _UNTAG, {"tag_id": tag.id, "workspace_id": self.ctx.workspace_id}
        )
        await self.ctx.session.delete(tag)
        await self.ctx.session.flush()


class MacroRepository(Repository[Macro]):
    """Prepared replies of one workspace."""

    model = Macro
    missing = MacroNotFound

    async def all(self) -> Sequence[Macro]:
        """All of them, by name."""
        return (
            await self.ctx.session.scalars(self.select().order_by(func.lower(Macro.name), Macro.id))
        ).all()
