"""Leaving a model alone that fails again and again."""

import math
from collections import deque
from collections.abc import Callable
from typing import Final

IN_A_ROW: Final = 5
LAST: Final = 20
FIRST_REST_S: Final = 30.0
LONGEST_REST_S: Final = 300.0


class Breaker:
    """Opens after five failures in a row, or when half of the last twenty calls failed.

    Open it admits nobody; after a rest it admits one call, whose success closes it. Each such call
    that fails doubles the rest, up to five minutes. Whoever was admitted says how it went.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        """Closed. `monotonic` counts seconds."""
        self._monotonic = monotonic
        self._failed: deque[bool] = deque(maxlen=LAST)
        self._rest_s = FIRST_REST_S
        self._opened_at: float | None = None
        self._is_probing = False

    @property
    def is_open(self) -> bool:
        """Whether the model is left alone, but for a call now and then."""
        return self._opened_at is not None

    def admits(self) -> bool:
        """Whether a call may be made now; the one after a rest is taken by asking."""
        if self._opened_at is None:
            return True
        if self._is_probing or self.wait_s() > 0:
            return False
        self._is_probing = True
        return True

    def wait_s(self) -> int:
        """Whole seconds until the next call may be admitted."""
        if self._opened_at is None:
            return 0
        return max(0, math.ceil(self._opened_at + self._rest_s - self._monotonic()))

    def succeeded(self) -> None:
        """A call was answered, be it by a refusal: somebody is there."""
        if self._opened_at is not None:
            self._failed.clear()
        self._failed.append(False)
        self._opened_at, self._rest_s, self._is_probing = None, FIRST_REST_S, False

    def failed(self) -> None:
        """A call was not answered, or with an error that may pass."""
        self._failed.append(True)
        if self._is_probing:
            self._rest_s = min(2 * self._rest_s, LONGEST_REST_S)
            self._open()
        elif self._opened_at is None and self._is_too_much():
            self._open()

    def released(self) -> None:
        """A call ended for reasons of the caller's: nothing is known."""
        self._is_probing = False

    def _open(self) -> None:
        self._opened_at, self._is_probing = self._monotonic(), False

    def _is_too_much(self) -> bool:
        latest = list(self._failed)
        in_a_row = len(latest) >= IN_A_ROW and all(latest[-IN_A_ROW:])
        return in_a_row or (len(latest) == LAST and sum(latest) * 2 >= LAST)
