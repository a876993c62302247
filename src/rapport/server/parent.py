"""How a process that `rapport serve` starts hears from it: through its standard input."""

import os
import signal
import threading

STANDARD_INPUT = 0


def permits() -> bool:
    """Wait for the word to begin; False when the parent has gone instead.

    From then on this process is asked to stop (SIGTERM) as soon as the parent ends, however it
    ends, so that nothing keeps the port or the database when a supervisor was killed.
    """
    if not os.read(STANDARD_INPUT, 1):
        return False
    threading.Thread(target=_follow, name="parent", daemon=True).start()
    return True


def _follow() -> None:
    while os.read(STANDARD_INPUT, 64):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
