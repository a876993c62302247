"""Who may connect, whose mail is taken, and what is answered."""

import asyncio
import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

import structlog
from aiosmtpd.smtp import SMTP, Session

from rapport.channels.email.envelope import Envelope
from rapport.channels.email.receiving import store
from rapport.channels.email.receiving.smtp.dialogue import MAX_RECIPIENTS, Dialogue, Letter
from rapport.channels.email.receiving.smtp.repository import Place, place_of
from rapport.channels.email.receiving.smtp.spool import MEMORY_BYTES, Spool
from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database
from rapport.kernel.egress import is_public
from rapport.kernel.ids import new_id
from rapport.kernel.limits import network
from rapport.kernel.telemetry import metrics

log = structlog.get_logger(__name__)

MAX_CONNECTIONS: Final = 200
MAX_OF_NETWORK: Final = 50
"""Connections from one address. Those from this machine, where a mail server may be, count less."""
MAX_UNKNOWN: Final = 20
"""Recipients that do not exist, after which a client is sent away: it is guessing."""
LOOK_UP_S: Final = 15.0
KEEP_S: Final = 60.0
_LATER: Final = "451 4.3.0 Cannot take this at the moment, try again later"
_KEPT: Final = "250 2.0.0 Kept"
_FULL: Final = "421 4.7.0 Too many connections, try again later"
_LEAVING: Final = "421 4.3.2 Going away, try again in a moment"
_NAMED: Final = re.compile(rb"^(?:message-id|received)[ \t]*:", re.IGNORECASE | re.MULTILINE)

_TAKEN = metrics.counter(
    "mail_smtp", "Recipients of messages by SMTP and LMTP, and what they were answered.", ("code",)
)


class Reception:
    """Runs the dialogues of one process. Its `handle_…` methods are called by aiosmtpd."""

    def __init__(
        self, database: Database, *, max_connections: int = MAX_CONNECTIONS, keep_s: float = KEEP_S
    ) -> None:
        """Keep what comes in on `database`; give up on a message after `keep_s`."""
        self._database = database
        self._max_connections = max_connections
        self._keep_s = keep_s
        self._guests: dict[Dialogue, str] = {}
        self._unknown: Counter[Dialogue] = Counter()
        self._one_large = asyncio.Lock()
        self._is_leaving = False

    def admit(self, dialogue: Dialogue) -> str | None:
        """Count a connection in; the answer that turns it away when there are too many."""
        assert dialogue.session is not None
        address = _network_of(dialogue.session)
        of_network = sum(known == address for known in self._guests.values())
        allowed = MAX_OF_NETWORK if is_public(address) else self._max_connections
        if self._is_leaving:
            return _LEAVING
        if len(self._guests) >= self._max_connections or of_network >= allowed:
            return _FULL
        self._guests[dialogue] = address
        return None

    def leave(self, dialogue: Dialogue) -> None:
        """Count it out."""
        self._guests.pop(dialogue, None)
        self._unknown.pop(dialogue, None)

    async def send_away(self, patience_s: float) -> None:
        """End all connections: the idle at once, the others when their message is answered."""
        self._is_leaving = True
        until = asyncio.get_running_loop().time() + patience_s
        while self._guests and asyncio.get_running_loop().time() < until:
            for dialogue in [guest for guest in self._guests if not guest.is_busy]:
                await dialogue.goodbye(_LEAVING)
            await asyncio.sleep(0.05)
        for dialogue in list(self._guests):
            if dialogue.transport is not None:
                dialogue.transport.close()

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Letter, hostname: str, lines: list[str]
    ) -> list[str]:
        """What we can do; nobody signs in here."""
        session.host_name = hostname
        last = "250 ENHANCEDSTATUSCODES"
        kept = [line for line in lines if not line[4:].startswith(("AUTH", "HELP"))]
        return [*kept, "250-PIPELINING", last]

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Letter, address: str, options: list[str]
    ) -> str:
        """Anybody may write."""
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: Dialogue, session: Session, envelope: Letter, address: str, options: list[str]
    ) -> str:
        """Take a recipient when an inbox has that address."""
        if len(envelope.rcpt_tos) >= MAX_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        try:
            async with asyncio.timeout(LOOK_UP_S), self._database.connect() as database:
                place = await place_of(database, address)
        except Exception as error:  # noqa: BLE001 - whatever it was, the mail must not be lost
            log.warning("smtp_look_up_failed", error=type(error).__name__)
            return _LATER
        if place is None:
            return await self._turn_down(server)
        envelope.rcpt_tos.append(address)
        envelope.places[address] = place
        return "250 2.1.5 OK"

    async def handle_VRFY(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Letter, address: str
    ) -> str:
        """Tell nobody who is here."""
        return "252 2.5.1 Send some mail, and see"

    async def handle_exception(self, error: Exception) -> str:
        """The answer to what should not have happened."""
        log.error("smtp_failed", exc_info=error)
        return _LATER

    async def deliver(
        self, session: Session, letter: Letter, body: Spool, *, is_local: bool
    ) -> Sequence[str]:
        """Keep a message once in each inbox; an answer for each recipient, in their order.

        An inbox learns of its own recipients only. Large messages are dealt with one at a time.
        """
        of_inbox: dict[Place, list[str]] = {}
        for address in letter.rcpt_tos:
            of_inbox.setdefault(letter.places[address], []).append(address)
        if body.size > MEMORY_BYTES:
            async with self._one_large:
                answers = await self._keep(session, letter, body, of_inbox, is_local=is_local)
        else:
            answers = await self._keep(session, letter, body, of_inbox, is_local=is_local)
        told = [answers[letter.places[address]] for address in letter.rcpt_tos]
        for answer in told:
            _TAKEN.labels(answer[:3]).inc()
        return told

    async def _keep(
        self,
        session: Session,
        letter: Letter,
        body: Spool,
        of_inbox: dict[Place, list[str]],
        *,
        is_local: bool,
    ) -> dict[Place, str]:
        raw = body.read() if body.size <= MEMORY_BYTES else await asyncio.to_thread(body.read)
        source = _source_of(raw, letter.mail_from or "")
        peer = _address_of(session)
        answers = {}
        for place, recipients in of_inbox.items():
            envelope = Envelope(
                mail_from="" if letter.mail_from == "<>" else letter.mail_from,
                rcpt_to=tuple(dict.fromkeys(recipients)),
                client_ip=peer if is_public(peer) and not is_local else None,
                helo=session.host_name,
            )
            answers[place] = await self._keep_in(place, source, raw, envelope)
        return answers

    async def _keep_in(self, place: Place, source: str, raw: bytes, envelope: Envelope) -> str:
        try:
            async with (
                asyncio.timeout(self._keep_s),
                self._database.begin(place.workspace_id, SYSTEM) as ctx,
            ):
                await store.keep(ctx, place.inbox_id, source, raw, envelope)
        except Exception as error:  # noqa: BLE001 - whatever it was, the sender still has the mail
            log.warning("smtp_not_kept", inbox_id=str(place.inbox_id), error=type(error).__name__)
            return _LATER
        return _KEPT

    async def _turn_down(self, dialogue: Dialogue) -> str:
        self._unknown[dialogue] += 1
        if self._unknown[dialogue] >= MAX_UNKNOWN and dialogue.transport is not None:
            asyncio.get_running_loop().call_soon(dialogue.transport.close)
            return "421 4.7.1 Too many unknown recipients"
        return "550 5.1.1 Nobody here has that address"


def _source_of(raw: bytes, mail_from: str) -> str:
    """By what a message is known when it is handed over again.

    A client that did not hear our answer sends the same bytes. Messages that carry nothing of their
    own, as machines write them, may be the same and still be two.
    """
    head = raw[: max(0, raw.find(b"\r\n\r\n")) or 64 * 1024]
    if not _NAMED.search(head):
        return f"smtp:{new_id()}"
    return f"smtp:{hashlib.sha256(mail_from.encode(errors='replace') + b'|' + raw).hexdigest()}"


def _address_of(session: Session) -> str:
    peer: Any = session.peer
    return str(peer[0]) if isinstance(peer, tuple) else ""


def _network_of(session: Session) -> str:
    return network(_address_of(session))
