"""What is said on an SMTP or LMTP connection; all but the taking in of messages is aiosmtpd's."""

import asyncio
import contextlib
import ssl
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session, syntax

from rapport.channels.email.receiving.smtp.repository import Place
from rapport.channels.email.receiving.smtp.spool import Spool

if TYPE_CHECKING:
    from asyncio import BaseTransport

IDLE_S: Final = 300.0
"""For how long a client may say nothing (RFC 5321, 4.5.3.2.7)."""
DATA_S: Final = 900.0
"""How long the whole of a message may take to come in."""
MAX_RECIPIENTS: Final = 100
"""Of one message; the client sends it again to those that are left."""
PIECE_BYTES: Final = 128 * 1024
_END: Final = b"\r\n.\r\n"
_COMMANDS: Final = {"*": 1_000, "RCPT": 10_000, "AUTH": 3, "STARTTLS": 3, "VRFY": 10, "HELP": 10}
"""How often each command may be given on one connection."""


class Letter(Envelope):
    """aiosmtpd's envelope, and whose the recipients are."""

    def __init__(self) -> None:
        """Nothing is known yet."""
        super().__init__()
        self.places: dict[str, Place] = {}


class Desk(Protocol):
    """What a dialogue asks of whoever runs it. The hooks are called by aiosmtpd."""

    def admit(self, dialogue: "Dialogue") -> str | None:
        """Count a connection in; the answer that turns it away when there are too many."""

    def leave(self, dialogue: "Dialogue") -> None:
        """Count it out."""

    async def deliver(
        self, session: Session, letter: Letter, body: Spool, *, is_local: bool
    ) -> Sequence[str]:
        """Keep a message; an answer for each recipient, in their order."""


class Dialogue(SMTP):
    """One SMTP connection. Messages are taken in piece by piece, whatever the length of a line."""

    line_length_limit = PIECE_BYTES
    answers_each = False
    """Whether each recipient of a message gets an answer of their own, as in LMTP."""

    def __init__(
        self,
        desk: Desk,
        *,
        loop: asyncio.AbstractEventLoop,
        hostname: str,
        max_bytes: int,
        folder: Path | None,
        tls: ssl.SSLContext | None,
    ) -> None:
        """Speak for `desk`, as `hostname`; offer STARTTLS when there is a `tls`."""
        super().__init__(
            desk,
            data_size_limit=max_bytes,
            enable_SMTPUTF8=True,
            hostname=hostname,
            ident="Rapport",
            tls_context=tls,
            timeout=IDLE_S,
            auth_exclude_mechanism=["LOGIN", "PLAIN"],
            command_call_limit=_COMMANDS,
            loop=loop,
        )
        self._desk = desk
        self._folder = folder
        self._max_bytes = max_bytes
        self.is_busy = False
        """Whether a message is being taken in or kept."""

    def _create_envelope(self) -> Letter:
        return Letter()

    async def _handle_client(self) -> None:
        refusal = self._desk.admit(self)
        if refusal is not None:
            await self.goodbye(refusal)
            return
        await super()._handle_client()

    def connection_lost(self, error: Exception | None) -> None:
        """Count the connection out."""
        self._desk.leave(self)
        super().connection_lost(error)

    async def goodbye(self, answer: str) -> None:
        """Say `answer` and hang up."""
        transport: BaseTransport | None = self.transport
        if transport is not None:
            with contextlib.suppress(OSError, AttributeError):  # that was closed a moment ago
                await self.push(answer)
            transport.close()

    @syntax("DATA")
    async def smtp_DATA(self, arg: str | None) -> None:  # noqa: N802 - aiosmtpd's name
        """Take in a message and keep it before it is acknowledged."""
        refusal = self._refusal(arg)
        if refusal is not None:
            await self.push(refusal)
            return
        self.is_busy = True
        try:
            await self._receive()
        finally:
            self.is_busy = False
            self.envelope = self._create_envelope()

    def _refusal(self, arg: str | None) -> str | None:
        assert self.session is not None
        assert self.envelope is not None
        if not self.session.host_name:
            return "503 5.5.1 Say hello first"
        if not self.envelope.rcpt_tos:
            return "503 5.5.1 Need a recipient first"
        return "501 5.5.4 Syntax: DATA" if arg else None

    async def _receive(self) -> None:
        assert isinstance(self.envelope, Letter)
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        with Spool(self._max_bytes, self._folder) as body:
            try:
                async with asyncio.timeout(DATA_S):
                    await self._take_in(body)
            except TimeoutError:
                await self.goodbye("421 4.4.2 This took too long")
                return
            except OSError as error:
                if isinstance(error, ConnectionError):
                    raise
                await self.goodbye("452 4.3.1 No space left for this message")
                return
            for answer in await self._keep(self.envelope, body):
                await self.push(answer)

    async def _take_in(self, body: Spool) -> None:
        """Read to the line that is a single dot, which may be the first one.

        Nothing else ends a message: a dot between bare line feeds is part of it.
        """
        begun: Any = self._reader
        begun._buffer[:0] = _END[:2]
        lead = 2
        while True:
            try:
                piece = await self._reader.readuntil(_END)
                is_last = True
            except asyncio.LimitOverrunError as overrun:
                piece = await self._reader.readexactly(overrun.consumed)
                is_last = False
            body.add(piece[lead : -3 if is_last else None])
            lead = 0
            self._reset_timeout()
            if is_last:
                body.finish()
                return

    async def _keep(self, letter: Letter, body: Spool) -> Sequence[str]:
        assert self.session is not None
        if body.is_too_large:
            answers: Sequence[str] = [
                f"552 5.3.4 At most {self._max_bytes} bytes are accepted here"
            ] * len(letter.rcpt_tos)
        else:
            answers = await self._desk.deliver(
                self.session, letter, body, is_local=self.answers_each
            )
        return answers if self.answers_each else [_worst(answers)]


class LocalDialogue(Dialogue, LMTP):
    """One LMTP connection (RFC 2033): each recipient is answered by itself."""

    answers_each = True


def _worst(answers: Sequence[str]) -> str:
    """What is answered for all: a refusal if there is one. Who was kept before, is kept once."""
    return next((answer for answer in answers if not answer.startswith("2")), answers[0])
