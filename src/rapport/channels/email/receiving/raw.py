"""The bytes of a message in the file store."""

import io
from uuid import UUID

from rapport.kernel.context import Ctx
from rapport.kernel.files.store import FileStore


def path_of(workspace_id: UUID, raw_id: UUID) -> str:
    """Where the bytes of a message lie."""
    return f"{workspace_id}/mail/{raw_id.hex[-2:]}/{raw_id}"


async def bytes_of(files: FileStore, workspace_id: UUID, raw_id: UUID) -> bytes:
    """The message as it came.

    Raises:
        FileNotFound: it was erased, or the file store lost it.
        Unreachable: the file store did not answer.
    """
    held = io.BytesIO()  # a list of pieces to be joined would take the room of two messages
    async for piece in await files.read(path_of(workspace_id, raw_id)):
        held.write(piece)
    return held.getvalue()


async def forget(ctx: Ctx, *raw_ids: UUID) -> None:
    """Delete the bytes of messages; those that are not there are passed over.

    Raises:
        Unreachable: the file store did not answer; nothing is forgotten, try again.
    """
    await ctx.port(FileStore).delete(*(path_of(ctx.workspace_id, it) for it in raw_ids))
