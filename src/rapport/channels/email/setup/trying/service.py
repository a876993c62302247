"""Trying a mailbox live, in and out, before anybody relies on it."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final

from rapport.channels.email.settings.schemas import Incoming, Outgoing
from rapport.channels.email.setup.trying import incoming, outgoing
from rapport.channels.email.setup.trying.steps import Stopped, Trial
from rapport.kernel.ids import new_id
from rapport.kernel.settings.process import Settings

ARRIVES_WITHIN_S: Final = 25.0


@dataclass(frozen=True, slots=True)
class Keys:
    """What opens the two servers."""

    imap_password: str | None = None
    smtp_password: str | None = None
    token: str | None = None
    """By OAuth; it opens both."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of it; None is what was not asked for."""

    incoming: Trial | None
    outgoing: Trial | None
    letter: Trial | None


async def try_out(
    settings: Settings,
    *,
    address: str,
    receive: Incoming | None,
    send: Outgoing | None,
    keys: Keys,
    to_self: bool,
    now: datetime,
) -> Tried:
    """Try both ways at the same time, then a letter to oneself where both went well.

    Nothing is marked or removed; the letter says what it is, and that no person wrote it.
    """
    got_in, got_out = await asyncio.gather(
        _receive(settings, receive, keys), _send(settings, send, address, keys)
    )
    can_arrive = receive is None or got_in is None or got_in.is_ok
    letter: Trial | None = None
    if to_self and can_arrive and send is not None and got_out is not None and got_out.is_ok:
        letter = await _write(settings, address, receive, send, keys, now)
    return Tried(got_in, got_out, letter)


async def _receive(settings: Settings, server: Incoming | None, keys: Keys) -> Trial | None:
    if server is None or server.kind != "imap":
        return None
    token = keys.token if server.auth == "oauth" else None
    return await incoming.attempt(settings, server, password=keys.imap_password, token=token)


async def _send(
    settings: Settings, server: Outgoing | None, address: str, keys: Keys
) -> Trial | None:
    if server is None or server.kind != "smtp":
        return None
    token = keys.token if server.auth == "oauth" else None
    return await outgoing.attempt(
        settings, server, address=address, password=keys.smtp_password, token=token
    )


async def _write(
    settings: Settings,
    address: str,
    receive: Incoming | None,
    send: Outgoing,
    keys: Keys,
    now: datetime,
) -> Trial:
    message_id = f"test.{new_id().hex}@{address.rpartition('@')[2]}"
    is_fetched = receive is not None and receive.kind == "imap"
    trial = Trial(("send", "arrive") if is_fetched else ("send",))
    sent = await outgoing.send(
        settings,
        send,
        _letter(address, message_id, now),
        address=address,
        password=keys.smtp_password,
        token=keys.token if send.auth == "oauth" else None,
    )
    if sent.failure is not None:
        trial.stopped(sent.failure)
        return trial
    trial.passed()
    if receive is None or not is_fetched:
        return trial
    came = await incoming.arrives(
        settings,
        receive,
        message_id,
        password=keys.imap_password,
        token=keys.token if receive.auth == "oauth" else None,
        seconds=ARRIVES_WITHIN_S,
    )
    if came:
        trial.passed()
    else:
        trial.stopped(Stopped("not_seen"))
    return trial


def _letter(address: str, message_id: str, now: datetime) -> bytes:
    letter = EmailMessage()
    letter["From"] = letter["To"] = address
    letter["Subject"] = "Rapport: this mailbox works"
    letter["Date"] = format_datetime(now)
    letter["Message-ID"] = f"<{message_id}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter["X-Auto-Response-Suppress"] = "All"
    letter.set_content("Rapport sent this to try the mailbox. It may be deleted.\n")
    return letter.as_bytes()
