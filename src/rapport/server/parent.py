"""How a process that `rapport serve` starts hears from it: through its standard input."""

import contextlib
import ctypes
import os
import signal
import threading

STANDARD_INPUT = 0
_SET_NAME = 15  # PR_SET_NAME


def permits() -> bool:
    """Wait for the word to begin; False when the parent has gone instead.

    From then on this process is asked to stop (SIGTERM) as soon as the parent ends, however it
    ends, so that nothing keeps the port or the database when a supervisor was killed.
    """
    if not os.read(STANDARD_INPUT, 1):
        return False
    threading.Thread(target=_follow, name="parent", daemon=True).start()
    return True


def line() -> bytes:
    """Wait for one line; empty when the parent has gone instead."""
    read = b""
    while not read.endswith(b"\n"):
        piece = os.read(STANDARD_INPUT, 1)
        if not piece:
            return b""
        read += piece
    return read


def call_itself(name: str) -> None:
    """Show `name` in `ps` and `top`, where that is possible."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_SET_NAME, name.encode()[:15])


def _follow() -> None:
    while os.read(STANDARD_INPUT, 64):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
