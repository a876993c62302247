"""Listening for mail servers, in the worker: `RAPPORT_SMTP_PORT` and `RAPPORT_LMTP_PORT`."""

import asyncio
import functools
import logging
import ssl
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

import structlog

from rapport.channels.email.receiving.smtp.dialogue import Dialogue, LocalDialogue
from rapport.channels.email.receiving.smtp.reception import Reception
from rapport.kernel.database.engine import Database
from rapport.kernel.settings.process import Settings

log = structlog.get_logger(__name__)

FAREWELL_S: Final = 8.0
"""How long messages that come in when the process is asked to stop may take to be answered."""
AGAIN_S: Final = 5.0
BACKLOG: Final = 512


class Certificate:
    """The server's certificate for STARTTLS, read again when its file was renewed."""

    def __init__(self, chain: Path, key: Path | None) -> None:
        """Read it.

        Raises:
            OSError: it cannot be read, or is none.
        """
        self._chain, self._key = chain, key
        self._read_at = -1
        self._context = self._read()

    def current(self) -> ssl.SSLContext:
        """For the next connection."""
        try:
            if self._chain.stat().st_mtime_ns != self._read_at:
                self._context = self._read()
        except OSError as error:  # half renewed: the next connection looks again
            log.warning("smtp_certificate_unreadable", error=str(error))
        return self._context

    def _read(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._read_at = self._chain.stat().st_mtime_ns
        context.load_cert_chain(self._chain, self._key)
        return context


class Listener:
    """Listens on an SMTP and an LMTP port, either of which may be None. An async context manager.

    Several processes may listen on the same ports: the system shares the connections out.
    """

    def __init__(
        self,
        database: Database,
        settings: Settings,
        *,
        smtp_port: int | None,
        lmtp_port: int | None,
        reception: Reception | None = None,
    ) -> None:
        """Nothing is open before it is entered; port 0 takes any that is free."""
        self._settings = settings
        self._wanted: dict[type[Dialogue], int | None] = {
            Dialogue: smtp_port,
            LocalDialogue: lmtp_port,
        }
        self._reception = reception or Reception(database)
        self._servers: list[asyncio.Server] = []
        self._certificate: Certificate | None = None
        self.ports: dict[type[Dialogue], int] = {}
        """The ports that are open."""

    @property
    def smtp_port(self) -> int:
        """The port of SMTP."""
        return self.ports[Dialogue]

    @property
    def lmtp_port(self) -> int:
        """The port of LMTP."""
        return self.ports[LocalDialogue]

    async def __aenter__(self) -> Self:
        """Open the ports.

        Raises:
            OSError: one is taken by another program, or the certificate is none.
        """
        settings = self._settings
        if settings.smtp_certificate is not None:
            self._certificate = Certificate(settings.smtp_certificate, settings.smtp_key)
        try:
            for kind, port in self._wanted.items():
                if port is not None:
                    await self._open(kind, port)
        except OSError:
            self._close()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()
        await self._reception.send_away(FAREWELL_S)

    async def _open(self, kind: type[Dialogue], port: int) -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            functools.partial(self._greet, kind, loop),
            self._settings.smtp_host,
            port,
            reuse_port=True,
            backlog=BACKLOG,
        )
        self._servers.append(server)
        self.ports[kind] = server.sockets[0].getsockname()[1]

    def _greet(self, kind: type[Dialogue], loop: asyncio.AbstractEventLoop) -> Dialogue:
        settings = self._settings
        return kind(
            self._reception,
            loop=loop,
            hostname=urlsplit(settings.origin).hostname or "localhost",
            max_bytes=settings.max_mail_bytes,
            folder=settings.data_dir,
            tls=self._certificate.current() if self._certificate is not None else None,
        )

    def _close(self) -> None:
        for server in self._servers:
            server.close()
        self._servers.clear()


async def run(database: Database) -> None:
    """Listen until cancelled. A port that is taken, or a bad certificate, is tried again."""
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd tells who writes to whom
    settings = database.ports.get(Settings)
    told = ""
    while True:
        listener = Listener(
            database, settings, smtp_port=settings.smtp_port, lmtp_port=settings.lmtp_port
        )
        try:
            async with listener:
                log.info("smtp_listening", ports=sorted(listener.ports.values()))
                await asyncio.Event().wait()
        except OSError as error:
            if str(error) != told:
                log.error("smtp_not_listening", error=str(error))
            told = str(error)
            await asyncio.sleep(AGAIN_S)
