"""From the settings of a mailbox to an SMTP connection that is signed in."""

import asyncio
import socket
import ssl
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import aiosmtplib
from aiosmtplib.errors import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPResponseException,
    SMTPTimeoutError,
)

from rapport.channels.delivery.ports import Outcome
from rapport.channels.email import oauth
from rapport.channels.email.oauth import OAuthRefused
from rapport.channels.email.sending.headers import ascii_address
from rapport.channels.email.sending.transmitting import Stopped, later, not_let_in, said
from rapport.channels.email.settings import problems, reaching
from rapport.channels.email.settings import service as settings
from rapport.channels.email.settings.schemas import Outgoing
from rapport.kernel import egress
from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database
from rapport.kernel.errors import RapportError, Unreachable
from rapport.kernel.settings.process import Settings

CONNECT_S: Final = 20.0
COMMAND_S: Final = 60.0
TOKEN_S: Final = 20.0


@dataclass(frozen=True, slots=True)
class Way:
    """How a mailbox sends."""

    address: str
    outgoing: Outgoing
    password: str | None

    @property
    def is_by_token(self) -> bool:
        """Whether an access token of the provider opens the server, and no password."""
        return bool(self.outgoing.user) and self.outgoing.auth == "oauth"


@dataclass(frozen=True, slots=True)
class Door:
    """The way out of this process to the mail server of one inbox."""

    database: Database
    workspace_id: UUID
    inbox_id: UUID
    resolve: egress.Resolve = egress.resolve_by_system

    @property
    def settings(self) -> Settings:
        """Those of the process."""
        return self.database.ports.get(Settings)

    async def way(self) -> Way:
        """How the mailbox sends now.

        Raises:
            Stopped: it does not, or what opens its server cannot be read.
        """
        try:
            async with self.database.begin(self.workspace_id, SYSTEM) as ctx:
                mailbox = await settings.mailbox(ctx, self.inbox_id)
                outgoing = settings.outgoing_of(mailbox)
                secrets = await settings.secrets_of(ctx, mailbox)
        except RapportError as error:
            raise Stopped(not_let_in(error.code, str(error))) from error
        if outgoing.kind == "none":
            raise Stopped(not_let_in("not_sending"))
        return Way(mailbox.address, outgoing, secrets.smtp_password)

    async def open(self, way: Way) -> aiosmtplib.SMTP:
        """A connection to the server of a mailbox, signed in.

        Raises:
            Stopped: there is none, with what that means for the mail.
        """
        try:
            return await self._let_in(way)
        except SMTPAuthenticationError as error:
            raise Stopped(_login_refused(error, by_oauth=way.is_by_token)) from error
        except SMTPResponseException as error:
            answer = said(error.code, error.message)
            raise Stopped(later("server_busy", answer)) from error
        except (SMTPTimeoutError, TimeoutError) as error:
            raise Stopped(later("no_answer", str(error))) from error
        except (egress.AddressRefused, ssl.SSLError) as error:
            raise Stopped(not_let_in(problems.of_connecting(error), str(error))) from error
        except (Unreachable, OSError, SMTPException) as error:
            raise Stopped(later(_of_connecting(error), str(error))) from error

    async def _let_in(self, way: Way) -> aiosmtplib.SMTP:
        """Sign in; with a token that is refused before its time, once more with a fresh one."""
        if not way.is_by_token:
            return await self._signed_in(way, None)
        token = await self._token()
        try:
            return await self._signed_in(way, token)
        except SMTPAuthenticationError as error:
            if _why(error, by_oauth=True) != "oauth_refused" or _is_for_now(error):
                raise
        async with self.database.begin(self.workspace_id, SYSTEM) as ctx:
            await oauth.forget(ctx, await settings.mailbox(ctx, self.inbox_id), token)
        return await self._signed_in(way, await self._token())

    async def _token(self) -> str:
        """An access token that is good now."""
        allow = self.settings.egress_allow
        try:
            async with (
                self.database.begin(self.workspace_id, SYSTEM) as ctx,
                egress.client(allow=allow, max_seconds=TOKEN_S) as http,
            ):
                mailbox = await settings.mailbox(ctx, self.inbox_id)
                return await oauth.access_token(ctx, mailbox, client=http)
        except OAuthRefused as error:
            raise Stopped(not_let_in("oauth_refused", str(error))) from error
        except Unreachable as error:
            raise Stopped(later("no_answer", str(error))) from error
        except RapportError as error:
            raise Stopped(not_let_in(error.code, str(error))) from error

    async def _signed_in(self, way: Way, token: str | None) -> aiosmtplib.SMTP:
        """Connect to the address that was checked, let it prove who it is, and sign in."""
        out = way.outgoing
        client = await self._connected(way)
        try:
            if client.is_ehlo_or_helo_needed:
                await client.ehlo()
            if token is not None:
                await client.auth_xoauth2(out.user, token)
            elif out.user:
                await client.login(out.user, way.password or "")
        except BaseException:
            client.close()
            raise
        return client

    async def _connected(self, way: Way) -> aiosmtplib.SMTP:
        out = way.outgoing
        is_plain = out.security == "plain"
        if is_plain and out.user and not reaching.may_be_plain(self.settings, out.host, out.port):
            raise Stopped(not_let_in("plain_refused"))
        address = await reaching.address_of(self.settings, out.host, out.port, resolve=self.resolve)
        client = aiosmtplib.SMTP(
            hostname=out.host.strip("[]"),
            port=None,
            sock=await _socket(address, out.port),
            use_tls=out.security == "tls",
            start_tls=out.security == "starttls",
            tls_context=None if is_plain else reaching.tls(self.settings),
            local_hostname=ascii_address(way.address).rpartition("@")[2],
            timeout=COMMAND_S,
        )
        await client.connect(timeout=CONNECT_S)
        return client


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


def _login_refused(error: SMTPAuthenticationError, *, by_oauth: bool) -> Outcome:
    answer = said(error.code, error.message)
    reason = _why(error, by_oauth=by_oauth)
    return later(reason, answer) if _is_for_now(error) else not_let_in(reason, answer)


def _why(error: SMTPAuthenticationError, *, by_oauth: bool) -> problems.Problem:
    return problems.of_login(said(error.code, error.message), by_oauth=by_oauth)


def _is_for_now(error: SMTPAuthenticationError) -> bool:
    return 400 <= error.code < 500


def _of_connecting(error: BaseException) -> str:
    """Why there is no connection: the cause behind what the library says."""
    cause = error.__cause__ or error.__context__
    if isinstance(error, SMTPException) and cause is not None:
        return problems.of_connecting(cause)
    return "disconnected" if isinstance(error, SMTPException) else problems.of_connecting(error)
