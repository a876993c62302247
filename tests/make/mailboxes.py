"""Inboxes that get mail from servers and providers, and what came in by them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from rapport.channels.email.models import RawMail, Route
from rapport.channels.email.receiving.raw import bytes_of
from rapport.channels.email.receiving.repository import RawRepository
from rapport.channels.email.settings import service as mailboxes
from rapport.channels.email.settings.schemas import Secrets
from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database
from rapport.kernel.files.store import FileStore
from rapport.kernel.ids import new_id
from tests.make.mail import make_mailbox


@dataclass(frozen=True)
class Box:
    """An inbox of a workspace that gets mail."""

    workspace_id: UUID
    inbox_id: UUID
    key: str
    address: str

    @property
    def domain(self) -> str:
        """Of its address; no other inbox of a test run has it."""
        return self.address.rpartition("@")[2]

    def tagged(self, tag: str) -> str:
        """Its address with a tag."""
        return self.address.replace("@", f"+{tag}@")


async def mailbox(
    database: Database,
    workspace: UUID,
    *,
    aliases: Sequence[str] = (),
    secrets: dict[str, Any] | None = None,
    **values: Any,
) -> Box:
    """A new inbox with its mailbox, and routes to it from its address and `aliases`@ its domain."""
    domain = f"{new_id().hex[-12:]}.example"
    addresses = [f"{local}@{domain}" for local in ("support", *aliases)]
    async with database.begin(workspace, SYSTEM) as ctx:
        made = await make_mailbox(ctx, address=addresses[0], aliases=addresses[1:], **values)
        for address in addresses:
            ctx.session.add(Route(address=address, workspace_id=workspace, inbox_id=made.id))
        if secrets:
            await mailboxes.change_secrets(ctx, made, Secrets.model_validate(secrets))
        return Box(workspace, made.id, made.key, addresses[0])


async def kept(database: Database, box: Box) -> list[RawMail]:
    """What an inbox got, in order."""
    async with database.begin(box.workspace_id, SYSTEM) as ctx:
        rows = await RawRepository(ctx).page(
            state=None, inbox_id=box.inbox_id, after=None, limit=10_000
        )
        return sorted(rows, key=lambda row: row.id)


async def content(database: Database, row: RawMail) -> bytes:
    """A message as it lies in the file store."""
    return await bytes_of(database.ports.get(FileStore), row.workspace_id, row.id)
