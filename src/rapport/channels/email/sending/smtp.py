"""Handing mail to the server of a mailbox, by SMTP."""

import asyncio
import socket
import ssl
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import aiosmtplib
import httpx
from aiosmtplib.errors import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPResponseException,
    SMTPTimeoutError,
)

from rapport.channels.delivery.models import Delivery
from rapport.channels.delivery.ports import Outcome, Result
from rapport.channels.email.envelope import folded
from rapport.channels.email.oauth import OAuthRefused, access_token
from rapport.channels.email.sending import pacing
from rapport.channels.email.sending.headers import ascii_address
from rapport.channels.email.sending.repository import CorrespondentRepository
from rapport.channels.email.sending.transmitting import (
    Stopped,
    later,
    not_let_in,
    said,
    transmit,
)
from rapport.channels.email.settings import problems, reaching
from rapport.channels.email.settings import service as settings
from rapport.channels.email.settings.schemas import Outgoing
from rapport.kernel import egress, limits
from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database
from rapport.kernel.errors import RapportError, TooMany, Unreachable
from rapport.kernel.settings.process import Settings

CONNECT_S: Final = 20.0
COMMAND_S: Final = 60.0
_NOT_THERE: Final = ("5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1")


@dataclass(frozen=True, slots=True)
class _Way:
    """How a mailbox sends, with what opens it."""

    address: str
    outgoing: Outgoing
    password: str | None
    token: str | None


class SmtpLine:
    """One connection to the server of a mailbox, kept while mails go out in a row.

    See `delivery.ports.Line`.
    """

    def __init__(self, database: Database, workspace_id: UUID, inbox_id: UUID) -> None:
        """Send for a mailbox; nothing is opened before the first mail."""
        self._database = database
        self._workspace_id = workspace_id
        self._inbox_id = inbox_id
        self._way: _Way | None = None
        self._client: aiosmtplib.SMTP | None = None

    async def send(self, delivery: Delivery, body: bytes) -> Outcome:
        """See `Line.send`."""
        try:
            way = await self._known()
            await self._pace(way.outgoing)
            client = await self._connected(way)
        except Stopped as stopped:
            return stopped.outcome
        outcome = await transmit(client, way.address, delivery, body)
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

    async def _known(self) -> _Way:
        """How the mailbox sends now; asked once for a line."""
        if self._way is not None:
            return self._way
        try:
            async with self._database.begin(self._workspace_id, SYSTEM) as ctx:
                mailbox = await settings.mailbox(ctx, self._inbox_id)
                outgoing = settings.outgoing_of(mailbox)
                secrets = await settings.secrets_of(ctx, mailbox)
                token = None
                if outgoing.user and outgoing.auth == "oauth":
                    async with self._http() as http:
                        token = await access_token(ctx, mailbox, client=http)
        except OAuthRefused as error:
            raise Stopped(not_let_in("oauth_refused", str(error))) from error
        except Unreachable as error:
            raise Stopped(later("no_answer", str(error))) from error
        except RapportError as error:
            raise Stopped(not_let_in(error.code, str(error))) from error
        if outgoing.kind == "none":
            raise Stopped(not_let_in("not_sending"))
        self._way = _Way(mailbox.address, outgoing, secrets.smtp_password, token)
        return self._way

    def _http(self) -> httpx.AsyncClient:
        return egress.client(allow=self._settings.egress_allow)

    @property
    def _settings(self) -> Settings:
        return self._database.ports.get(Settings)

    async def _pace(self, outgoing: Outgoing) -> None:
        rate = pacing.per_minute(outgoing)
        if rate is None:
            return
        try:
            await limits.take(self._database, pacing.limit_of(rate), str(self._inbox_id))
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

    async def _connected(self, way: _Way) -> aiosmtplib.SMTP:
        """The open connection, or a new one."""
        if self._client is not None:
            if self._client.is_connected and await _is_alive(self._client):
                return self._client
            self._client.close()
        try:
            self._client = await self._open(way)
        except SMTPAuthenticationError as error:
            raise Stopped(_login_refused(error, by_oauth=way.token is not None)) from error
        except SMTPResponseException as error:
            answer = said(error.code, error.message)
            raise Stopped(later("server_busy", answer)) from error
        except (SMTPTimeoutError, TimeoutError) as error:
            raise Stopped(later("no_answer", str(error))) from error
        except (egress.AddressRefused, ssl.SSLError) as error:
            raise Stopped(not_let_in(problems.of_connecting(error), str(error))) from error
        except (Unreachable, OSError, SMTPException) as error:
            raise Stopped(later(_of_connecting(error), str(error))) from error
        return self._client

    async def _open(self, way: _Way) -> aiosmtplib.SMTP:
        """Connect to the address that was checked, prove who it is, and sign in."""
        out = way.outgoing
        is_plain = out.security == "plain"
        if is_plain and out.user and not reaching.may_be_plain(self._settings, out.host, out.port):
            raise Stopped(not_let_in("plain_refused"))
        address = await reaching.address_of(self._settings, out.host, out.port)
        client = aiosmtplib.SMTP(
            hostname=out.host.strip("[]"),
            port=None,
            sock=await _socket(address, out.port),
            use_tls=out.security == "tls",
            start_tls=out.security == "starttls",
            tls_context=None if is_plain else reaching.tls(self._settings),
            local_hostname=ascii_address(way.address).rpartition("@")[2],
            timeout=COMMAND_S,
        )
        await client.connect(timeout=CONNECT_S)
        try:
            if client.is_ehlo_or_helo_needed:
                await client.ehlo()
            if way.token is not None:
                await client.auth_xoauth2(out.user, way.token)
            elif out.user:
                await client.login(out.user, way.password or "")
        except BaseException:
            client.close()
            raise
        return client

    async def _note_refused(self, outcome: Outcome) -> None:
        """Remember addresses that do not exist, as a bounce would."""
        gone = {
            address: words
            for address, words in outcome.refused.items()
            if any(status in words for status in _NOT_THERE)
        }
        if not gone:
            return
        async with self._database.begin(self._workspace_id, SYSTEM) as ctx:
            for address, words in gone.items():
                await CorrespondentRepository(ctx).note(
                    folded(address),
                    bounced_at=ctx.now(),
                    bounce_status="5.1.1",
                    bounce_reason=words[:500],
                )


async def _socket(address: str, port: int) -> socket.socket:
    """A connection to an IP address, and to nothing that a name might become meanwhile."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    made.setblocking(False)
    try:
        async with asyncio.timeout(CONNECT_S):
            await asyncio.get_running_loop().sock_connect(made, (address, port))
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except BaseException:
        made.close()
        raise
    return made


async def _is_alive(client: aiosmtplib.SMTP) -> bool:
    """Whether the server still answers: some hang up after so many mails, or so much time."""
    try:
        await client.rset(timeout=5)
    except (SMTPException, OSError):
        return False
    return True


def _login_refused(error: SMTPAuthenticationError, *, by_oauth: bool) -> Outcome:
    answer = said(error.code, error.message)
    reason = problems.of_login(answer, by_oauth=by_oauth)
    return later(reason, answer) if error.code < 500 else not_let_in(reason, answer)


def _of_connecting(error: BaseException) -> str:
    """Why there is no connection: the cause behind what the library says."""
    cause = error.__cause__ or error.__context__
    if isinstance(error, SMTPException) and cause is not None:
        return problems.of_connecting(cause)
    return "disconnected" if isinstance(error, SMTPException) else problems.of_connecting(error)
