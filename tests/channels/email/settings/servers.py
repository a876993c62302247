"""Mail servers on loopback that do as a test says: one IMAP account, one SMTP door."""

import asyncio
import base64
import ssl
import warnings
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.certificates import write_certificate

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Certificate:
    """A certificate for this machine, signed by itself."""

    file: Path
    key: Path

    @classmethod
    def new(cls, folder: Path) -> "Certificate":
        return cls(*write_certificate(folder))

    @property
    def context(self) -> ssl.SSLContext:
        made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        made.load_cert_chain(self.file, self.key)
        return made


@dataclass
class Account:
    """An IMAP account with what is in it, and how its server behaves."""

    user: str = "help@example.com"
    password: str = "open sesame"
    token: str = ""
    folders: dict[str, int] = field(default_factory=lambda: {"INBOX": 3, "Sent": 7})
    flags: dict[str, str] = field(default_factory=lambda: {"Sent": "\\Sent"})
    headers: list[str] = field(default_factory=list)
    """Message-IDs in the inbox."""
    greeting: str = "* OK ready"
    refusal: str = "NO [AUTHENTICATIONFAILED] Invalid credentials"
    heard: list[str] = field(default_factory=list)

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, able: str
    ) -> None:
        """One conversation."""
        try:
            await self._say(writer, self.greeting)
            while line := (await reader.readline()).decode("utf-8", "replace").strip():
                self.heard.append(line)
                await self._answer(line, reader, writer, able)
        except (ConnectionError, ssl.SSLError):
            pass
        finally:
            writer.close()

    async def _answer(  # noqa: C901 - one case for each command
        self, line: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, able: str
    ) -> None:
        tag, command, *rest = line.split(" ", 2)
        match command.upper():
            case "CAPABILITY":
                await self._say(writer, f"* CAPABILITY IMAP4rev1 {able}")
            case "LOGIN":
                good = rest == [f'"{self.user}" "{self.password}"']
                await self._say(writer, f"{tag} {'OK in' if good else self.refusal}")
                return
            case "AUTHENTICATE":
                shown = base64.b64decode(rest[0].split(" ")[1]).decode()
                good = bool(self.token) and f"Bearer {self.token}\x01" in shown
                await self._say(writer, f"{tag} {'OK in' if good else self.refusal}")
                return
            case "LIST":
                for name in self.folders:
                    await self._say(writer, f'* LIST ({self.flags.get(name, "")}) "/" "{name}"')
            case "EXAMINE":
                name = rest[0].strip('"')
                if name not in self.folders:
                    await self._say(writer, f"{tag} NO no such folder")
                    return
                await self._say(writer, f"* {self.folders[name]} EXISTS")
                await self._say(writer, "* OK [UIDVALIDITY 1] valid")
                await self._say(writer, f"* OK [UIDNEXT {len(self.headers) + 1}] next")
            case "UID" if rest[0].upper().startswith("SEARCH"):
                found = " ".join(str(n + 1) for n in range(len(self.headers)))
                await self._say(writer, f"* SEARCH {found}")
            case "UID":
                for n, header in enumerate(self.headers):
                    head = f"Message-ID: {header}\r\n\r\n"
                    await self._say(
                        writer,
                        f"* {n + 1} FETCH (UID {n + 1} RFC822.SIZE 100 INTERNALDATE"
                        f' "05-Jan-2026 09:00:00 +0000"'
                        f" BODY[HEADER.FIELDS (MESSAGE-ID)] {{{len(head)}}}\r\n{head})",
                    )
        await self._say(writer, f"{tag} OK done")

    async def _say(self, writer: asyncio.StreamWriter, line: str) -> None:
        writer.write(line.encode() + b"\r\n")
        await writer.drain()


@asynccontextmanager
async def imap(
    account: Account, tls: ssl.SSLContext | None = None, able: str = "AUTH=XOAUTH2 SASL-IR"
) -> AsyncIterator[int]:
    """The account's server; its port."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await account.serve(reader, writer, able)

    server = await asyncio.start_server(talk, HOST, 0, ssl=tls)
    async with server:
        yield server.sockets[0].getsockname()[1]


@dataclass
class Door:
    """An SMTP server that takes mail of who signs in; `letters` holds what it took."""

    user: str = "help@example.com"
    password: str = "speak friend"
    refuses_sender: str | None = None
    letters: list[Envelope] = field(default_factory=list)
    delivers_to: Account | None = None

    def authenticate(
        self, _: object, __: object, ___: object, mechanism: str, shown: object
    ) -> AuthResult:
        good = isinstance(shown, LoginPassword) and (
            (shown.login, shown.password) == (self.user.encode(), self.password.encode())
        )
        return AuthResult(success=good, handled=False)

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, _: object, __: Session, envelope: Envelope, address: str, ___: Sequence[str]
    ) -> str:
        if self.refuses_sender:
            return self.refuses_sender
        envelope.mail_from = address
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, _: object, __: Session, envelope: Envelope
    ) -> str:
        self.letters.append(envelope)
        if self.delivers_to is not None:
            content = envelope.content or b""
            text = content.decode() if isinstance(content, bytes) else content
            line = next(line for line in text.splitlines() if line.startswith("Message-ID:"))
            self.delivers_to.headers.append(line.split(": ", 1)[1])
        return "250 kept"


@asynccontextmanager
async def smtp(
    door: Door,
    *,
    starttls: ssl.SSLContext | None = None,
    tls: ssl.SSLContext | None = None,
    offers_login: bool = True,
) -> AsyncIterator[int]:
    """The door's server; its port."""

    def made() -> SMTP:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # aiosmtpd doubts plain logins; the test wants them
            return SMTP(
                door,
                hostname="door.example",
                tls_context=starttls,
                require_starttls=False,
                authenticator=door.authenticate if offers_login else None,
                auth_require_tls=False,
                auth_exclude_mechanism=() if offers_login else ("LOGIN", "PLAIN"),
                enable_SMTPUTF8=True,
            )

    server = await asyncio.get_running_loop().create_server(made, HOST, 0, ssl=tls)
    async with server:
        yield server.sockets[0].getsockname()[1]
