"""The audit record as a file: CSV for people, JSON Lines for programs that check the chain."""

import json
from collections.abc import AsyncIterator, Callable
from typing import Final, Literal
from uuid import UUID

from rapport.kernel import spreadsheets
from rapport.kernel.audit import service as audit
from rapport.kernel.audit.service import Deed, Wanted
from rapport.kernel.context import Actor
from rapport.kernel.database.engine import Database

Format = Literal["csv", "jsonl"]
MEDIA_TYPES: Final[dict[Format, str]] = {
    "csv": spreadsheets.MEDIA_TYPE,
    "jsonl": "application/jsonl; charset=utf-8",
}
COLUMNS: Final = (
    *("seq", "at", "actor_name", "actor", "verb", "subject_name", "subject", "details", "hash"),
)


async def stream(
    database: Database,
    workspace_id: UUID,
    actor: Actor,
    wanted: Wanted,
    *,
    format: Format,  # noqa: A002 - as the address calls it
    last: int,
) -> AsyncIterator[bytes]:
    """The wanted deeds up to the seq `last`, the oldest first, 1,000 at a time.

    Each portion is read in a unit of work of its own: a slow reader holds no transaction open.
    """
    write: Callable[[Deed], bytes] = _csv if format == "csv" else _json
    if format == "csv":
        yield spreadsheets.BYTE_ORDER_MARK + spreadsheets.line(COLUMNS)
    after = 0
    while True:
        async with database.begin(workspace_id, actor) as ctx:
            deeds = await audit.portion(ctx, wanted, after=after, last=last)
        if not deeds:
            return
        yield b"".join(write(deed) for deed in deeds)
        after = deeds[-1].seq


def _csv(deed: Deed) -> bytes:
    return spreadsheets.line(
        (
            deed.seq,
            deed.at.isoformat(),
            deed.actor_name,
            deed.actor,
            deed.verb,
            deed.subject_name,
            deed.subject,
            json.dumps(deed.details, ensure_ascii=False, sort_keys=True),
            deed.hash,
        )
    )


def _json(deed: Deed) -> bytes:
    """The record exactly as it was hashed, beside its number and both hashes. See `audit.link`."""
    return (
        f'{{"seq":{deed.seq},"previous":"{deed.previous}","hash":"{deed.hash}",'
        f'"record":{deed.body}}}\n'
    ).encode()
