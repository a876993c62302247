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

    def deliver(self, to: str, raw: bytes) -> None:
        """Hand over a message by LMTP."""
        ...

    def put(self, user: str, raws: Iterable[bytes], folder: str = "INBOX") -> None:
        """Lay messages into a folder."""
        ...


@contextlib.contextmanager
def dovecot() -> Iterator[MailServer | None]:
    """Dovecot with an account for `USER`; None where there is none."""
    if not Path("/usr/sbin/dovecot").exists() or not (CHECKOUT / "tests/dovecot.py").exists():
        yield None
        return
    sys.path.insert(0, str(CHECKOUT))
    try:
        tested: Any = import_module("tests.dovecot")
    finally:
        sys.path.remove(str(CHECKOUT))
    server = tested.Dovecot()
    try:
        server.password = tested.PASSWORD
        server.add_user(USER)
        server.start()
        yield server
    finally:
        server.close()
