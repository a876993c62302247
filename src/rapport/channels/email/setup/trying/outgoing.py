"""Trying whether mail can be sent."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import urlsplit

import aiosmtplib

from rapport.channels.email.settings import reaching
from rapport.channels.email.settings.problems import Problem, of_connecting, of_login
from rapport.channels.email.settings.schemas import Outgoing
from rapport.channels.email.setup.trying.steps import Stopped, Trial
from rapport.kernel.errors import RapportError
from rapport.kernel.settings.process import Settings

QUIET_S: Final = 10.0
MAX_SECONDS: Final = 30.0


async def attempt(
    settings: Settings,
    server: Outgoing,
    *,
    address: str,
    password: str | None,
    token: str | None,
    quiet_s: float = QUIET_S,
) -> Trial:
    """Connect, make it safe, sign in and name the sender; no message is sent.

    A server that says nothing for `quiet_s` is given up.
    """
    trial = Trial.by(server.security, "sign_in", "sender")
    try:
        async with asyncio.timeout(MAX_SECONDS):
            async with _session(settings, server, trial, password, token, quiet_s) as smtp:
                await _name_sender(smtp, address)
                trial.passed()
                await smtp.rset()
    except Stopped as why:
        trial.stopped(why)
    except (aiosmtplib.SMTPException, TimeoutError, OSError) as error:
        if not trial.is_ok:
            trial.stopped(Stopped(_problem(error), error))
    return trial


async def send(
    settings: Settings,
    server: Outgoing,
    message: bytes,
    *,
    address: str,
    password: str | None,
    token: str | None,
) -> Trial:
    """Send a message from an address to itself."""
    trial = Trial.by(server.security, "sign_in", "send")
    try:
        async with asyncio.timeout(MAX_SECONDS):
            async with _session(settings, server, trial, password, token) as smtp:
                await _name_sender(smtp, address)
                try:
                    await smtp.rcpt(address)
                except aiosmtplib.SMTPRecipientRefused as error:
                    raise Stopped(_of_recipient(error), error.message) from error
                await smtp.data(message)
                trial.passed()
    except Stopped as why:
        trial.stopped(why)
    except (aiosmtplib.SMTPException, TimeoutError, OSError) as error:
        if not trial.is_ok:
            trial.stopped(Stopped(_problem(error), error))
    return trial


@asynccontextmanager
async def _session(
    settings: Settings,
    server: Outgoing,
    trial: Trial,
    password: str | None,
    token: str | None,
    quiet_s: float = QUIET_S,
) -> AsyncIterator[aiosmtplib.SMTP]:
    """A server that has let us in; the steps up to there are noted."""
    smtp = _client(settings, server, await _connect(settings, server), quiet_s)
    try:
        await _greet(smtp, trial)
        await _secure(smtp, server, trial)
        await _sign_in(smtp, server, password, token)
        trial.passed()
        yield smtp
        with contextlib.suppress(aiosmtplib.SMTPException, OSError):
            await smtp.quit()
    finally:
        smtp.close()  # the connection is the client's from the moment it tries to use it


async def _connect(settings: Settings, server: Outgoing) -> socket.socket:
    try:
        address = await reaching.address_of(settings, server.host, server.port)
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        connection = socket.socket(family, socket.SOCK_STREAM)
        connection.setblocking(False)
        try:
            async with asyncio.timeout(QUIET_S):
                loop = asyncio.get_running_loop()
                await loop.sock_connect(connection, (address, server.port))
        except BaseException:
            connection.close()
            raise
    except (RapportError, OSError) as error:
        raise Stopped(of_connecting(error)) from error
    return connection


def _client(
    settings: Settings, server: Outgoing, connection: socket.socket, quiet_s: float
) -> aiosmtplib.SMTP:
    return aiosmtplib.SMTP(
        hostname=server.host,
        sock=connection,
        use_tls=server.security == "tls",
        start_tls=False,
        tls_context=reaching.tls(settings),
        timeout=quiet_s,
        local_hostname=urlsplit(settings.origin).hostname or "localhost",
    )


async def _greet(smtp: aiosmtplib.SMTP, trial: Trial) -> None:
    """Be greeted, which with TLS from the first byte is also the proof that it is safe."""
    try:
        await smtp.connect()
    except aiosmtplib.SMTPConnectResponseError as error:
        raise Stopped("unexpected_answer", error.message) from error
    except aiosmtplib.SMTPConnectError as error:
        cause = error.__cause__ or error
        if isinstance(cause, ssl.SSLError):
            trial.passed()
            said = getattr(cause, "verify_message", None) or cause.reason
            raise Stopped(of_connecting(cause), said) from error
        raise Stopped(of_connecting(cause)) from error
    trial.passed()
    await smtp.ehlo()


async def _secure(smtp: aiosmtplib.SMTP, server: Outgoing, trial: Trial) -> None:
    if server.security == "starttls":
        if not smtp.supports_extension("starttls"):
            raise Stopped("starttls_missing")
        try:
            await smtp.starttls()
        except (aiosmtplib.SMTPException, OSError) as error:
            cause = error if isinstance(error, OSError) else error.__cause__ or error
            safe = isinstance(cause, OSError)
            raise Stopped(of_connecting(cause) if safe else "tls_failed", cause) from error
        await smtp.ehlo()
    trial.is_safe()


async def _sign_in(
    smtp: aiosmtplib.SMTP, server: Outgoing, password: str | None, token: str | None
) -> None:
    if not server.user:
        return
    if token is None and not smtp.supported_auth_methods:
        raise Stopped("login_missing")
    try:
        if token is not None:
            await smtp.auth_xoauth2(server.user, token)
        else:
            await smtp.login(server.user, password or "")
    except aiosmtplib.SMTPResponseException as error:
        said = f"{error.code} {error.message}"
        raise Stopped(of_login(said, by_oauth=token is not None), said) from error


async def _name_sender(smtp: aiosmtplib.SMTP, address: str) -> None:
    try:
        await smtp.mail(address)
    except aiosmtplib.SMTPResponseException as error:
        wants_login = error.code == 530
        problem: Problem = "login_missing" if wants_login else "sender_refused"
        raise Stopped(problem, f"{error.code} {error.message}") from error


def _of_recipient(error: aiosmtplib.SMTPRecipientRefused) -> Problem:
    return "relay_refused" if "relay" in error.message.lower() else "recipient_refused"


def _problem(error: BaseException) -> Problem:
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return "server_busy" if 400 <= error.code < 500 else "unexpected_answer"
    if isinstance(error, OSError):
        return of_connecting(error)
    return "unexpected_answer"
