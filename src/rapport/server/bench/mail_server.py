"""The IMAP server that a benchmark fetches from: the Dovecot of the tests, in a checkout only."""

import contextlib
import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, Final, Protocol

USER: Final = "bench"
CHECKOUT: Final = Path(__file__).parents[4]


class MailServer(Protocol):
    """What is needed of it."""

    imap_port: int
    password: str

    def put(self, user: str, raws: Iterable[bytes], folder: str = "INBOX") -> None:
        """Lay messages into a folder."""
        ...


@contextlib.contextmanager
def dovecot() -> Iterator[MailServer | None]:
    """Dovecot with an account for `USER`; None where there is none."""
    if not Path("/usr/sbin/dovecot").exists() or not (CHECKOUT / "tests/mailservers.py").exists():
        yield None
        return
    sys.path.insert(0, str(CHECKOUT))
    try:
        mailservers: Any = import_module("tests.mailservers")
    finally:
        sys.path.remove(str(CHECKOUT))
    server = mailservers.Dovecot()
    try:
        server.password = mailservers.PASSWORD
        server.add_user(USER)
        server.start()
        yield server
    finally:
        server.close()
