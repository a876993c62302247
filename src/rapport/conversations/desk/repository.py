from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import insert

from rapport.conversations.errors import MacroNotFound, TagNotFound
from rapport.conversations.models import Draft, Macro, Tag
from rapport.kernel.context import Ctx
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
        statement = self.select().where(func.lower(Tag.name) == name.lower())
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


class DraftRepository:
    """The acting agent's own drafts."""

    def __init__(self, ctx: Ctx) -> None:
        """Bind to the caller's transaction, workspace and actor."""
        self.ctx = ctx

    async def find(self, conversation_id: UUID) -> Draft | None:
        """Their draft in a conversation."""
        found: Draft | None = await self.ctx.session.scalar(
            select(Draft)
            .where(
                Draft.workspace_id == self.ctx.workspace_id,
                Draft.conversation_id == conversation_id,
                Draft.agent_id == self.ctx.actor.id,
            )
            .execution_options(populate_existing=True)
        )
        return found

    async def save(self, conversation_id: UUID, *, body: str, kind: str) -> None:
        """Write their draft, over the one before."""
        statement = insert(Draft).values(
            workspace_id=self.ctx.workspace_id,
            conversation_id=conversation_id,
            agent_id=self.ctx.actor.id,
            body=body,
            kind=kind,
            updated_at=self.ctx.now(),
        )
        await self.ctx.session.execute(
            statement.on_conflict_do_update(
                index_elements=["workspace_id", "conversation_id", "agent_id"],
                set_={
                    "body": statement.excluded.body,
                    "kind": statement.excluded.kind,
                    "updated_at": statement.excluded.updated_at,
                },
            )
        )

    async def drop(self, conversation_id: UUID) -> bool:
        """Delete their draft; whether there was one."""
        found = await self.ctx.session.execute(
            delete(Draft)
            .where(
                Draft.workspace_id == self.ctx.workspace_id,
                Draft.conversation_id == conversation_id,
                Draft.agent_id == self.ctx.actor.id,
            )
            .returning(Draft.conversation_id)
        )
        return found.one_or_none() is not None
