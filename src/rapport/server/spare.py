"""A process that has loaded everything and waits to become one of the others.

Loading the modules takes two seconds of processor time, more when the machine is busy; a killed web
process whose place a loaded one takes is back in a tenth of that.
"""

import json
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import Final

QUIET_S: Final = 1.0
"""How long after the last start the next spare is loaded: whoever serves comes first."""


def spawn(
    arguments: list[str], environment: dict[str, str], fds: tuple[int, ...]
) -> "subprocess.Popen[bytes]":
    """Start a process that loads its modules and waits; see `parent`."""
    return subprocess.Popen(
        [sys.executable, "-m", "rapport.server.cli", *arguments, "--wait"],
        env=environment,
        stdin=subprocess.PIPE,
        pass_fds=fds,
        start_new_session=True,
    )


@dataclass
class Spare:
    """Keeps one process in reserve."""

    environment: dict[str, str]
    fds: tuple[int, ...] = ()
    process: "subprocess.Popen[bytes] | None" = None
    not_before: float = field(default_factory=lambda: time.monotonic() + QUIET_S)

    def tend(self) -> None:
        """Load one if there is none, once nothing has been started for a while."""
        if self.process is not None and self.process.poll() is None:
            return
        now = time.monotonic()
        if self.process is not None:
            self.process, self.not_before = None, now + QUIET_S
        if now >= self.not_before:
            self.process = spawn(["spare"], self.environment, self.fds)

    def take(
        self, arguments: list[str], environment: dict[str, str]
    ) -> "subprocess.Popen[bytes] | None":
        """Have it become what `arguments` say; None when there is none."""
        process, self.process = self.process, None
        self.not_before = time.monotonic() + QUIET_S
        if process is None or process.stdin is None:
            return None
        own = {
            key: value for key, value in environment.items() if self.environment.get(key) != value
        }
        try:
            process.stdin.write(json.dumps([[*arguments, "--wait"], own]).encode() + b"\n")
            process.stdin.flush()
        except OSError:
            process.stdin.close()
            process.wait()
            return None
        return process

    def end(self) -> None:
        """It has begun nothing that it would have to finish."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            if self.process.stdin is not None:
                self.process.stdin.close()
        self.process = None
