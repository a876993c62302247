"""Trying whether mail can be fetched, with the client that will fetch it."""

import asyncio
import ssl
from typing import Final

from rapport.channels.email.imap import (
    Connection,
    Disconnected,
    FolderMissing,
    ImapError,
    LoginMissing,
    LoginRefused,
    StartTlsMissing,
)
from rapport.channels.email.imap.listing import Listed, folders
from rapport.channels.email.settings import reaching
from rapport.channels.email.settings.problems import Problem, of_connecting, of_login
from rapport.channels.email.settings.schemas import Incoming
from rapport.channels.email.setup.trying.steps import FolderSeen, Stopped, Trial
from rapport.kernel.errors import RapportError
from rapport.kernel.settings.process import Settings

MAX_SECONDS: Final = 30.0
QUIET_S: Final = 10.0
_LOOK_AGAIN_S: Final = 1.0


async def attempt(
    settings: Settings,
    server: Incoming,
    *,
    password: str | None,
    token: str | None,
    quiet_s: float = QUIET_S,
) -> Trial:
    """Connect, make it safe, sign in and look at the folders; nothing there is changed.

    A server that says nothing for `quiet_s` is given up.
    """
    trial = Trial.by(server.security, "sign_in", "folders")
    try:
        async with asyncio.timeout(MAX_SECONDS):
            connection = await _open(settings, server, trial, password, token, quiet_s)
            try:
                trial.folders = await _folders(connection, server)
                trial.passed()
            finally:
                await connection.logout()
    except Stopped as why:
        trial.stopped(why)
    except (ImapError, OSError) as error:
        trial.stopped(Stopped(_problem(error), _said(error)))
    return trial


async def arrives(
    settings: Settings,
    server: Incoming,
    message_id: str,
    *,
    password: str | None,
    token: str | None,
    seconds: float,
) -> bool:
    """Whether a message comes into the inbox within so many seconds. Nothing is marked."""
    trial = Trial.by(server.security, "sign_in")
    try:
        async with asyncio.timeout(seconds):
            connection = await _open(settings, server, trial, password, token)
            try:
                await _come(connection, message_id)
            finally:
                await connection.logout()
    except (Stopped, ImapError, OSError):
        return False
    return True


async def _come(connection: Connection, message_id: str) -> None:
    """Return when the message is among the latest in the inbox."""
    first: int | None = None
    while True:
        opened = await connection.examine("INBOX")
        if first is None:
            first = max(1, (opened.uid_next or 1) - 50)
        found = await connection.sizes(await connection.search(first), with_ids=True)
        if any(message_id.encode() in (each.header or b"") for each in found):
            return
        await asyncio.sleep(_LOOK_AGAIN_S)


async def _open(
    settings: Settings,
    server: Incoming,
    trial: Trial,
    password: str | None,
    token: str | None,
    quiet_s: float = QUIET_S,
) -> Connection:
    """A connection that has been let in; the steps up to there are noted."""
    try:
        address = await reaching.address_of(settings, server.host, server.port)
    except (RapportError, OSError) as error:
        raise Stopped(of_connecting(error)) from error
    connection = await _connect(settings, server, trial, address, quiet_s)
    trial.passed()
    trial.is_safe()
    try:
        await _sign_in(connection, server, password, token)
    except BaseException:
        await connection.close()
        raise
    trial.passed()
    return connection


async def _connect(
    settings: Settings, server: Incoming, trial: Trial, address: str, quiet_s: float
) -> Connection:
    try:
        return await Connection.connect(
            address,
            server.port,
            host=server.host.strip("[]"),
            security=server.security,
            tls=reaching.tls(settings),
            quiet_s=quiet_s,
        )
    except (ssl.SSLError, StartTlsMissing) as error:
        trial.passed()  # somebody is there; it is only not safe
        raise Stopped(_problem(error), _said(error)) from error
    except (ImapError, OSError) as error:
        raise Stopped(_problem(error), _said(error)) from error


async def _sign_in(
    connection: Connection, server: Incoming, password: str | None, token: str | None
) -> None:
    try:
        if token is not None:
            await connection.xoauth2(server.user, token)
        else:
            await connection.login(server.user, password or "")
    except LoginRefused as error:
        said = str(error)
        raise Stopped(of_login(said, by_oauth=token is not None), said) from error


async def _folders(connection: Connection, server: Incoming) -> list[FolderSeen]:
    """The folders of the account, those to be fetched with their number of messages."""
    listed = await folders(connection)
    counts: dict[str, int] = {}
    for name in server.folders:
        try:
            counts[name] = (await connection.examine(name)).exists
        except FolderMissing as error:
            raise Stopped("folder_missing", name) from error
    known = {each.name for each in listed}
    listed += [Listed(name, None) for name in counts if name not in known]
    return [FolderSeen(each.name, counts.get(each.name), each.use) for each in listed]


def _problem(error: BaseException) -> Problem:
    if isinstance(error, StartTlsMissing):
        return "starttls_missing"
    if isinstance(error, LoginMissing):
        return "login_missing"
    if isinstance(error, Disconnected):
        return "disconnected"
    return "unexpected_answer" if isinstance(error, ImapError) else of_connecting(error)


def _said(error: BaseException) -> str | None:
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    if isinstance(error, ssl.SSLError):
        return error.reason
    return str(error) if isinstance(error, ImapError) else None
