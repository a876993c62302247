"""Handing mail to the server of a mailbox, by SMTP."""

from typing import Final
from uuid import UUID

import aiosmtplib
from aiosmtplib.errors import SMTPException

from rapport.channels.delivery.models import Delivery
from rapport.channels.delivery.ports import Outcome, Result
from rapport.channels.email.envelope import folded
from rapport.channels.email.sending import pacing
from rapport.channels.email.sending.repository import CorrespondentRepository
from rapport.channels.email.sending.signing_in import Door, Way
from rapport.channels.email.sending.transmitting import Stopped, transmit
from rapport.channels.email.settings.schemas import Outgoing
from rapport.kernel import egress, limits
from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database
from rapport.kernel.errors import TooMany

_NOT_THERE: Final = ("5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1")


class SmtpLine:
    """One connection to the server of a mailbox, kept while mails go out in a row.

    See `delivery.ports.Line`.
    """

    def __init__(
        self,
        database: Database,
        workspace_id: UUID,
        inbox_id: UUID,
        *,
        resolve: egress.Resolve = egress.resolve_by_system,
    ) -> None:
        """Send for a mailbox; nothing is opened before the first mail."""
        self._door = Door(database, workspace_id, inbox_id, resolve)
        self._way: Way | None = None
        self._client: aiosmtplib.SMTP | None = None

    async def send(self, delivery: Delivery, body: bytes) -> Outcome:
        """See `Line.send`."""
        try:
            if self._way is None:
                self._way = await self._door.way()
            await self._pace(self._way.outgoing)
            client = await self._connected(self._way)
        except Stopped as stopped:
            return stopped.outcome
        outcome = await transmit(client, self._way.address, delivery, body)
        if outcome.refused:
            await self._note_refused(outcome)
        return outcome

    async def close(self) -> None:
        """Say goodbye, if somebody is there."""
        client, self._client = self._client, None
        if client is None or not client.is_connected:
            return
        try:
            await client.quit(timeout=5)
        except (SMTPException, OSError):
            client.close()

    async def _pace(self, outgoing: Outgoing) -> None:
        rate = pacing.per_minute(outgoing)
        if rate is None:
            return
        try:
            await limits.take(self._door.database, pacing.limit_of(rate), str(self._door.inbox_id))
        except TooMany as busy:
            wait = float(busy.retry_after or 1)
            raise Stopped(
                Outcome(
                    Result.RETRY,
                    reason="paced",
                    retry_after_s=wait,
                    blocks_inbox=True,
                    was_tried=False,
                )
            ) from None

    async def _connected(self, way: Way) -> aiosmtplib.SMTP:
        """The open connection, or a new one."""
        if self._client is not None:
            if self._client.is_connected and await _is_alive(self._client):
                return self._client
            self._client.close()
        self._client = await self._door.open(way)
        return self._client

    async def _note_refused(self, outcome: Outcome) -> None:
        """Remember addresses that do not exist, as a bounce would."""
        gone = {
            address: words
            for address, words in outcome.refused.items()
            if any(status in words for status in _NOT_THERE)
        }
        if not gone:
            return
        async with self._door.database.begin(self._door.workspace_id, SYSTEM) as ctx:
            for address, words in gone.items():
                await CorrespondentRepository(ctx).note(
                    folded(address),
                    bounced_at=ctx.now(),
                    bounce_status="5.1.1",
                    bounce_reason=words[:500],
                )


async def _is_alive(client: aiosmtplib.SMTP) -> bool:
    """Whether the server still answers: some hang up after so many mails, or so much time."""
    try:
        await client.rset(timeout=5)
    except (SMTPException, OSError):
        return False
    return True
