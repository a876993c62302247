"""Why a mail server cannot be used: one vocabulary for set-up, fetching and sending."""

import re
import socket
import ssl
from typing import Literal

from rapport.kernel import egress
from rapport.kernel.errors import Unreachable

Problem = Literal[
    "name_unknown",
    "address_refused",
    "connection_refused",
    "no_answer",
    "disconnected",
    "certificate_refused",
    "tls_failed",
    "starttls_missing",
    "plain_refused",
    "unexpected_answer",
    "login_missing",
    "login_refused",
    "app_password_needed",
    "access_switched_off",
    "oauth_refused",
    "too_many_connections",
    "server_busy",
    "folder_missing",
    "sender_refused",
    "recipient_refused",
    "relay_refused",
    "not_seen",
    "not_kept",
]
"""Words of ours; the console and the documentation say each in plain words, and what to do."""

_APP_PASSWORD = re.compile(
    r"application-specific|app(lication)?[- ]?(specific)? password|InvalidSecondFactor"
    r"|5\.7\.9|WebLoginRequired|web login required",
    re.IGNORECASE,
)
_SWITCHED_OFF = re.compile(
    r"IMAP (access )?(is )?(disabled|not enabled|switched off)|not enabled for IMAP"
    r"|enable (IMAP|POP|SMTP)|SmtpClientAuthentication is disabled|basic ?auth\w* is disabled",
    re.IGNORECASE,
)
_TOO_MANY = re.compile(
    r"too many (simultaneous|concurrent|connections|login)|connection limit|maximum number of conn"
    r"|\[LIMIT\]|4\.7\.0 too many",
    re.IGNORECASE,
)
_BUSY = re.compile(r"\[UNAVAILABLE\]|\[INUSE\]|temporar|try again|4\.3\.[02]", re.IGNORECASE)


def of_connecting(error: BaseException) -> Problem:
    """Why there is no connection, or none that is safe."""
    for kind, problem in _KINDS:
        if isinstance(error, kind):
            return problem
    return "no_answer"


def of_login(said: str, *, by_oauth: bool = False) -> Problem:
    """Why somebody was not let in, from what the server said."""
    if _TOO_MANY.search(said):
        return "too_many_connections"
    if _APP_PASSWORD.search(said):
        return "app_password_needed"
    if _SWITCHED_OFF.search(said):
        return "access_switched_off"
    if _BUSY.search(said):
        return "server_busy"
    return "oauth_refused" if by_oauth else "login_refused"


_KINDS: tuple[tuple[type[BaseException], Problem], ...] = (
    (egress.AddressRefused, "address_refused"),
    (ssl.SSLCertVerificationError, "certificate_refused"),
    (ssl.SSLError, "tls_failed"),
    (socket.gaierror, "name_unknown"),
    (Unreachable, "name_unknown"),
    (ConnectionRefusedError, "connection_refused"),
    (ConnectionError, "disconnected"),
    (EOFError, "disconnected"),
    (TimeoutError, "no_answer"),
)
