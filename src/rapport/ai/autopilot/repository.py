"""All the SQL of the assistant."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import tuple_, update

from rapport.ai.autopilot.models import Answer, AssistantSettings
from rapport.kernel.repository import Repository


class AssistantRepository(Repository[AssistantSettings]):
    """The assistants of one workspace's inboxes."""

    model = AssistantSettings

    async def of(self, inbox_id: UUID, *, lock: bool = False) -> AssistantSettings | None:
        """The assistant of an inbox."""
        statement = self.select().where(AssistantSettings.inbox_id == inbox_id)
        if lock:
            statement = statement.with_for_update()
        found: AssistantSettings | None = await self.ctx.session.scalar(statement)
        return found


class AnswerRepository(Repository[Answer]):
    """What the assistant did in one workspace."""

    model = Answer

    async def to(self, question_id: UUID) -> Answer | None:
        """What was made of a customer's message."""
        found: Answer | None = await self.ctx.session.scalar(
            self.select().where(Answer.question_id == question_id)
        )
        return found

    async def of(self, conversation_id: UUID) -> Sequence[Answer]:
        """Everything it did in a conversation, in order, at most 200."""
        statement = self.select().where(Answer.conversation_id == conversation_id)
        return (await self.ctx.session.scalars(statement.order_by(Answer.id).limit(200))).all()

    async def many(self, ids: Collection[UUID]) -> dict[UUID, Answer]:
        """Those of `ids` that are there."""
        found = await self.ctx.session.scalars(self.select().where(Answer.id.in_(ids)))
        return {answer.id: answer for answer in found}

    async def count_once(self, ids: Collection[UUID]) -> set[UUID]:
        """Those of `ids` that were not counted before; from now on they are."""
        statement = (
            update(Answer)
            .where(
                Answer.workspace_id == self.ctx.workspace_id,
                Answer.id.in_(ids),
                Answer.is_counted.is_(False),
            )
            .values(is_counted=True)
            .returning(Answer.id)
        )
        return {row.id for row in await self.ctx.session.execute(statement)}

    async def answered_before(self, answer: Answer) -> Answer | None:
        """The last answer from an article in the same conversation, before another record."""
        found: Answer | None = await self.ctx.session.scalar(
            self.select()
            .where(
                Answer.conversation_id == answer.conversation_id,
                Answer.id < answer.id,
                Answer.reason == "confident",
            )
            .order_by(Answer.id.desc())
            .limit(1)
        )
        return found

    async def page(
        self, *, decision: str | None, after: Sequence[object] | None, limit: int
    ) -> Sequence[Answer]:
        """The latest first, from `after` (instant and id) on."""
        statement = self.select()
        if decision is not None:
            statement = statement.where(Answer.decision == decision)
        if after is not None:
            statement = statement.where(tuple_(Answer.created_at, Answer.id) < tuple(after))
        statement = statement.order_by(Answer.created_at.desc(), Answer.id.desc()).limit(limit)
        return (await self.ctx.session.scalars(statement)).all()
