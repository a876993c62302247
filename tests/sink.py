"""A mail server that keeps what it gets: the other end of everything that is sent in tests."""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass(frozen=True)
class Taken:
    """A message that the server has taken, and the envelope it came in."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes

    @property
    def mail(self) -> EmailMessage:
        """The message, read by the library."""
        read = message_from_bytes(self.content, policy=policy.default)
        assert isinstance(read, EmailMessage)
        return read

    @property
    def id(self) -> str:
        """Its Message-ID."""
        return str(self.mail["Message-ID"])


@dataclass
class Sink:
    """An SMTP server on a free port of this machine, for `async with`.

    `answers` are by recipient, or by `MAIL` and `DATA`: what it says instead of yes. `on_taken` is
    awaited after a message was taken and before anybody is told so.
    """

    answers: dict[str, str] = field(default_factory=dict)
    on_taken: Callable[[Taken], Awaitable[None]] | None = None
    password: str | None = None
    size_limit: int = 50_000_000
    knows_utf8: bool = True
    tls: ssl.SSLContext | None = None
    taken: list[Taken] = field(default_factory=list)
    effects: dict[str, bytes] = field(default_factory=dict)
    """What a mailbox with this server shows: each Message-ID once."""
    connections: int = 0
    logins: list[str] = field(default_factory=list)
    port: int = 0

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._speak, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    @property
    def outgoing(self) -> dict[str, Any]:
        """How a mailbox sends by it."""
        security = "plain" if self.tls is None else "starttls"
        return {"kind": "smtp", "host": "127.0.0.1", "port": self.port, "security": security}

    @property
    def pair(self) -> str:
        """As the administrator allows it."""
        return f"127.0.0.1:{self.port}"

    def to(self, address: str) -> list[Taken]:
        """What was taken for an address, in order."""
        return [it for it in self.taken if address in it.recipients]

    def _speak(self) -> SMTP:
        self.connections += 1
        return SMTP(
            self,
            hostname="sink.test",
            data_size_limit=self.size_limit,
            enable_SMTPUTF8=self.knows_utf8,
            tls_context=self.tls,
            authenticator=self._login if self.password else None,
            auth_require_tls=self.tls is not None,
            auth_required=self.password is not None,
        )

    def _login(
        self, server: SMTP, session: Session, env: Envelope, how: str, who: Any
    ) -> AuthResult:
        assert isinstance(who, LoginPassword)
        self.logins.append(who.login.decode())
        return AuthResult(success=who.password.decode() == self.password, handled=False)

    async def handle_MAIL(  # noqa: N802 - the library calls it so
        self, server: SMTP, session: Session, env: Envelope, address: str, options: list[str]
    ) -> str:
        if "MAIL" in self.answers:
            return self.answers["MAIL"]
        env.mail_from, env.mail_options = address, [*env.mail_options, *options]
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, env: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.answers:
            return self.answers[address]
        env.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, env: Envelope) -> str:  # noqa: N802
        if "DATA" in self.answers:
            return self.answers["DATA"]
        assert isinstance(env.content, bytes)
        taken = Taken(env.mail_from or "", tuple(env.rcpt_tos), env.content)
        self.taken.append(taken)
        self.effects.setdefault(taken.id, taken.content)
        if self.on_taken is not None:
            await self.on_taken(taken)
        return f"250 Taken as {len(self.taken)}"
