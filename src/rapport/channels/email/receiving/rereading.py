"""Reading messages anew that were read before, once we read better."""

from uuid import UUID

from rapport.channels.email.parsing import parse
from rapport.channels.email.receiving import messages
from rapport.channels.email.receiving.attaching import examine
from rapport.channels.email.receiving.raw import bytes_of
from rapport.channels.email.receiving.repository import DetailRepository, RawRepository
from rapport.channels.email.receiving.wording import word
from rapport.conversations import service as conversations
from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database
from rapport.kernel.files.store import FileStore
from rapport.kernel.settings.process import Settings


async def read_again(database: Database, workspace_id: UUID, raw_id: UUID) -> bool:
    """Renew the words of a mail that became a message; whether they changed.

    Where it is, who sent it, its files and what was found out about its sender stay as they were:
    they were decided with what was known then. Reports, whose words are ours, and mails that were
    passed on are left alone.

    Raises:
        FileNotFound: the message as it came is gone.
        Unreachable: the file storage did not answer.
    """
    content = await bytes_of(database.ports.get(FileStore), workspace_id, raw_id)
    mail = parse(content)
    if mail.auto.kind in {"bounce", "receipt"}:
        return False
    kept, _ = await examine(mail, max_bytes=database.ports.get(Settings).max_file_bytes)
    async with database.begin(workspace_id, SYSTEM) as ctx:
        raw = await RawRepository(ctx).get(raw_id, lock=True)
        if raw.state != "stored" or raw.conversation_id is None or raw.seq is None:
            return False
        place = raw.conversation_id, raw.seq
        found = await DetailRepository(ctx).of(raw.conversation_id, [raw.seq])
        if not found or "forwarded" in found[0].notices:
            return False
        ids = await conversations.files_of(ctx, *place)
        are_the_same = len(ids) == len(kept)
        shown = zip(kept, ids, strict=True) if are_the_same else ()
        wording = word(mail, {one.content_id: id_ for one, id_ in shown if one.content_id})
        changed = await conversations.reword(ctx, *place, body=wording.body, html=wording.html)
        told = messages.told_by(mail, wording)
        if any(getattr(found[0], name) != value for name, value in told.items()):
            changed = True
            await DetailRepository(ctx).change(*place, **told)
        if changed:
            await messages.announce(ctx, *place)
        return changed
