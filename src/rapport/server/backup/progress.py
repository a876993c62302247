"""How far a long piece of work has come, for whoever watches standard error."""

import sys
import time
from typing import Final, TextIO

_OFTEN_S: Final = 0.2
_SELDOM_S: Final = 10.0


class Progress:
    """One line that changes on a terminal; elsewhere a line now and then."""

    def __init__(self, out: TextIO | None = None, *, quiet: bool = False) -> None:
        """Write to `out`, by default standard error."""
        self._out = out or sys.stderr
        self._quiet = quiet
        self._live = self._out.isatty()
        self._next = 0.0
        self._stage = ""
        self.bytes = 0

    def stage(self, text: str) -> None:
        """Say what is done from now on."""
        self._stage = text
        self._show()

    def add(self, count: int) -> None:
        """So many bytes more are done."""
        self.bytes += count
        if time.monotonic() >= self._next:
            self._show()

    def end(self) -> None:
        """Leave the line as it is, and begin a new one."""
        if self._live and not self._quiet:
            self._out.write("\n")

    def _show(self) -> None:
        now = time.monotonic()
        if self._quiet or (not self._live and now < self._next):
            return
        self._next = now + (_OFTEN_S if self._live else _SELDOM_S)
        amount = f"{self.bytes / 1e6:,.0f} MB" if self.bytes else ""
        line = f"  {self._stage}  {amount}"
        self._out.write(f"\r\033[K{line}" if self._live else f"{line}\n")
        self._out.flush()
