"""From the settings of a mailbox to a connection that is signed in."""

import asyncio
import ssl
from dataclasses import dataclass
from typing import Final

from rapport.channels.email import oauth
from rapport.channels.email.imap import Connection, LoginRefused
from rapport.channels.email.imap.stream import QUIET_S
from rapport.channels.email.receiving.imap.places import Place
from rapport.channels.email.receiving.imap.problems import PlainRefused
from rapport.channels.email.settings import reaching
from rapport.channels.email.settings import service as settings
from rapport.channels.email.settings.schemas import Incoming
from rapport.kernel import egress
from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database
from rapport.kernel.settings.process import Settings

RESOLVE_S: Final = 15.0
TOKEN_S: Final = 20.0


@dataclass(frozen=True, slots=True)
class Line:
    """The way out of this process to mail servers."""

    database: Database
    tls: ssl.SSLContext
    quiet_s: float = QUIET_S

    @property
    def settings(self) -> Settings:
        """Those of the process."""
        return self.database.ports.get(Settings)

    async def connect(self, place: Place, incoming: Incoming) -> Connection:
        """A connection to the server of a mailbox, signed in.

        Raises:
            ImapError, OSError: see `Connection`.
            AddressRefused, Unreachable: see `egress.address_of`.
            PlainRefused: it would not be safe.
            OAuthRefused: see `oauth.access_token`.
        """
        host, port = incoming.host, incoming.port
        if incoming.security == "plain" and not reaching.may_be_plain(self.settings, host, port):
            raise PlainRefused
        secret = await self._secret(place, incoming)
        async with asyncio.timeout(RESOLVE_S):
            address = await reaching.address_of(self.settings, host, port)
        connection = await Connection.connect(
            address,
            port,
            host=host.strip("[]"),
            security=incoming.security,
            tls=self.tls,
            quiet_s=self.quiet_s,
        )
        try:
            if incoming.auth == "oauth":
                await self._show_token(connection, place, incoming, secret)
            else:
                await connection.login(incoming.user, secret)
        except BaseException:
            await connection.close()
            raise
        return connection

    async def _show_token(
        self, connection: Connection, place: Place, incoming: Incoming, token: str
    ) -> None:
        """Sign in with a token; when it is refused before its time, with a fresh one."""
        try:
            await connection.xoauth2(incoming.user, token)
        except LoginRefused:
            async with self.database.begin(place.workspace_id, SYSTEM) as ctx:
                await oauth.forget(ctx, await settings.mailbox(ctx, place.inbox_id), token)
            await connection.xoauth2(incoming.user, await self._secret(place, incoming))

    async def _secret(self, place: Place, incoming: Incoming) -> str:
        """The password, or an access token that is good now."""
        async with self.database.begin(place.workspace_id, SYSTEM) as ctx:
            mailbox = await settings.mailbox(ctx, place.inbox_id)
            if incoming.auth == "password":
                return (await settings.secrets_of(ctx, mailbox)).imap_password or ""
            allow = self.settings.egress_allow
            async with egress.client(allow=allow, max_seconds=TOKEN_S) as client:
                return await oauth.access_token(ctx, mailbox, client=client)
