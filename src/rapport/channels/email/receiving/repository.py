from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import bindparam, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from rapport.channels.email.errors import RawMailNotFound
from rapport.channels.email.models import Correspondent, Known, Mailbox, MailDetail, RawMail
from rapport.kernel.context import Ctx
from rapport.kernel.repository import Repository

_OPEN: Final = ("received", "failed")

# Every mail runs these. Building a statement takes longer than running it, so they are built once.
_WAITING = (
    select(RawMail.envelope, RawMail.created_at, RawMail.size_bytes, Mailbox.trusted_authserv)
    .join(
        Mailbox,
        (Mailbox.workspace_id == RawMail.workspace_id) & (Mailbox.id == RawMail.inbox_id),
        isouter=True,
    )
    .where(RawMail.workspace_id == bindparam("workspace_id"), RawMail.id == bindparam("id"))
    .where(RawMail.state.in_(_OPEN))
)
_TAKE = (
    select(RawMail)
    .where(RawMail.workspace_id == bindparam("workspace_id"), RawMail.id == bindparam("id"))
    .where(RawMail.state.in_(_OPEN))
    .with_for_update()
)
_KNOWN = select(Known).where(
    Known.workspace_id == bindparam("workspace_id"),
    Known.message_hash.in_(bindparam("hashes", expanding=True)),
)
_KEEP = insert(RawMail).on_conflict_do_nothing().returning(RawMail.id)
_SETTLE = (
    update(RawMail)
    .where(RawMail.workspace_id == bindparam("of_workspace"), RawMail.id == bindparam("of_id"))
    .values(attempts=RawMail.attempts + 1)
)
_CLAIM = insert(Known).on_conflict_do_nothing().returning(Known.message_hash)
_PLACE: Final = ("workspace_id", "conversation_id", "seq")
_KEPT: Final = {*_PLACE, "created_at"}
_DETAIL = insert(MailDetail)
_PUT = _DETAIL.on_conflict_do_update(
    index_elements=_PLACE,
    set_={it.name: it for it in _DETAIL.excluded if it.name not in _KEPT},
)


class Waiting(NamedTuple):
    """How a message came, and whose word about its sender is believed there."""

    envelope: dict[str, Any]
    created_at: datetime
    size_bytes: int
    trusted_authserv: str | None


class RawRepository(Repository[RawMail]):
    """Messages as they came, of one workspace."""

    model = RawMail
    missing = RawMailNotFound

    async def claim(self, id_: UUID, *, inbox_id: UUID, source: str, **values: Any) -> bool:
        """Note a message that waits to be read; False when its inbox has this source already.

        Waits for a competing transaction to end before it answers.
        """
        values = {
            "workspace_id": self.ctx.workspace_id,
            "id": id_,
            "created_at": self.ctx.now(),
            "inbox_id": inbox_id,
            "source": source,
            "state": "received",
            **values,
        }
        connection = await self.ctx.session.connection()
        return (await connection.execute(_KEEP, values)).scalar_one_or_none() is not None

    async def settle(self, raw_id: UUID, state: str, **values: Any) -> None:
        """Say what became of a message."""
        key = {"of_workspace": self.ctx.workspace_id, "of_id": raw_id}
        connection = await self.ctx.session.connection()
        await connection.execute(_SETTLE, {**key, "state": state, **values})

    async def page(
        self,
        *,
        state: str | None,
        inbox_id: UUID | None,
        after: tuple[datetime, UUID] | None,
        limit: int,
    ) -> Sequence[RawMail]:
        """Messages, the latest first, from `after` on."""
        statement = self.select()
        if state is not None:
            statement = statement.where(RawMail.state == state)
        if inbox_id is not None:
            statement = statement.where(RawMail.inbox_id == inbox_id)
        if after is not None:
            place = func.row(RawMail.created_at, RawMail.id)
            statement = statement.where(place < func.row(*after))
        statement = statement.order_by(RawMail.created_at.desc(), RawMail.id.desc())
        return (await self.ctx.session.scalars(statement.limit(limit))).all()

    async def in_state(
        self, state: str, *, before: datetime | None = None, after_id: UUID | None, limit: int
    ) -> Sequence[UUID]:
        """The ids of messages in a state, the oldest first, optionally only those of before."""
        statement = select(RawMail.id).where(
            RawMail.workspace_id == self.ctx.workspace_id, RawMail.state == state
        )
        if before is not None:
            statement = statement.where(RawMail.created_at < before)
        if after_id is not None:
            statement = statement.where(RawMail.id > after_id)
        return (await self.ctx.session.scalars(statement.order_by(RawMail.id).limit(limit))).all()

    async def waiting(self, raw_id: UUID) -> Waiting | None:
        """How a message came that was not dealt with yet; None when it was, or is gone."""
        key = {"workspace_id": self.ctx.workspace_id, "id": raw_id}
        row = (await self.ctx.session.execute(_WAITING, key)).one_or_none()
        return None if row is None else Waiting(*row)

    async def take(self, raw_id: UUID) -> RawMail | None:
        """A message that was not dealt with yet, locked; None when it was, or is gone."""
        key = {"workspace_id": self.ctx.workspace_id, "id": raw_id}
        row: RawMail | None = await self.ctx.session.scalar(_TAKE, key)
        return row


class KnownRepository:
    """The Message-IDs that one workspace has seen."""

    def __init__(self, ctx: Ctx) -> None:
        """Bind to the caller's transaction and workspace."""
        self.ctx = ctx

    async def many(self, hashes: Collection[bytes]) -> Sequence[Known]:
        """What is known by these hashes, in whichever inbox."""
        if not hashes:
            return []
        asked = {"workspace_id": self.ctx.workspace_id, "hashes": list(hashes)}
        return (await self.ctx.session.scalars(_KNOWN, asked)).all()

    async def participants(self, conversation_id: UUID) -> frozenset[bytes]:
        """Everybody outside who wrote in a conversation or was written to, as hashes."""
        statement = select(func.unnest(Known.participants)).where(
            Known.workspace_id == self.ctx.workspace_id, Known.conversation_id == conversation_id
        )
        return frozenset(await self.ctx.session.scalars(statement.distinct()))

    async def claim(self, message_hash: bytes, inbox_id: UUID, **values: Any) -> bool:
        """Note a Message-ID that came in; False when this inbox knows it already.

        Waits for a competing transaction to end before it answers.
        """
        values = {
            "workspace_id": self.ctx.workspace_id,
            "message_hash": message_hash,
            "inbox_id": inbox_id,
            "direction": "in",
            "created_at": self.ctx.now(),
            **values,
        }
        connection = await self.ctx.session.connection()
        return (await connection.execute(_CLAIM, values)).scalar_one_or_none() is not None

    async def move(self, message_hash: bytes, inbox_id: UUID, **values: Any) -> None:
        """Say that a Message-ID belongs elsewhere from now on."""
        await self.ctx.session.execute(
            update(Known)
            .where(
                Known.workspace_id == self.ctx.workspace_id,
                Known.message_hash == message_hash,
                Known.inbox_id == inbox_id,
            )
            .values(**values)
            .execution_options(synchronize_session=False)
        )


class DetailRepository:
    """What messages of one workspace have beyond their words."""

    def __init__(self, ctx: Ctx) -> None:
        """Bind to the caller's transaction and workspace."""
        self.ctx = ctx

    async def put(self, conversation_id: UUID, seq: int, **values: Any) -> None:
        """Note what a message has; what was noted of it before is replaced."""
        values = {
            "workspace_id": self.ctx.workspace_id,
            "conversation_id": conversation_id,
            "seq": seq,
            "created_at": self.ctx.now(),
            **values,
        }
        await (await self.ctx.session.connection()).execute(_PUT, values)

    async def of(self, conversation_id: UUID, seqs: Collection[int] = ()) -> Sequence[MailDetail]:
        """The details of a conversation in the order of its messages, or of some of them."""
        statement = select(MailDetail).where(
            MailDetail.workspace_id == self.ctx.workspace_id,
            MailDetail.conversation_id == conversation_id,
        )
        if seqs:
            statement = statement.where(MailDetail.seq.in_(seqs))
        return (await self.ctx.session.scalars(statement.order_by(MailDetail.seq))).all()

    async def newest(
        self, conversation_id: UUID, *, before_seq: int | None, limit: int
    ) -> Sequence[MailDetail]:
        """The newest details of a conversation, or those before a message, the newest first."""
        statement = select(MailDetail).where(
            MailDetail.workspace_id == self.ctx.workspace_id,
            MailDetail.conversation_id == conversation_id,
        )
        if before_seq is not None:
            statement = statement.where(MailDetail.seq < before_seq)
        statement = statement.order_by(MailDetail.seq.desc()).limit(limit)
        return (await self.ctx.session.scalars(statement)).all()

    async def at(self, places: Collection[tuple[UUID, int]]) -> Sequence[MailDetail]:
        """The details of messages by their places (conversation, seq), in no particular order."""
        if not places:
            return []
        statement = select(MailDetail).where(
            MailDetail.workspace_id == self.ctx.workspace_id,
            tuple_(MailDetail.conversation_id, MailDetail.seq).in_(places),
        )
        return (await self.ctx.session.scalars(statement)).all()

    async def change(self, conversation_id: UUID, seq: int, **values: Any) -> None:
        """Replace some of what is noted of a message."""
        await self.ctx.session.execute(
            update(MailDetail)
            .where(
                MailDetail.workspace_id == self.ctx.workspace_id,
                MailDetail.conversation_id == conversation_id,
                MailDetail.seq == seq,
            )
            .values(**values)
        )

    async def mark_split(self, conversation_id: UUID, seq: int) -> None:
        """Note that a stranger's mail has a conversation of its own."""
        await self.ctx.session.execute(
            update(MailDetail)
            .where(
                MailDetail.workspace_id == self.ctx.workspace_id,
                MailDetail.conversation_id == conversation_id,
                MailDetail.seq == seq,
            )
            .values(is_stranger=False, notices=func.array_append(MailDetail.notices, "split"))
        )


class CorrespondentRepository:
    """What is known about addresses outside."""

    def __init__(self, ctx: Ctx) -> None:
        """Bind to the caller's transaction and workspace."""
        self.ctx = ctx

    async def note(self, address: str, **values: Any) -> None:
        """Note something about an address; the rest stays as it was."""
        statement = insert(Correspondent).values(
            workspace_id=self.ctx.workspace_id, address=address, **values
        )
        await self.ctx.session.execute(
            statement.on_conflict_do_update(index_elements=["workspace_id", "address"], set_=values)
        )
