"""Asking one model after another until one answers, and each again when that may help."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Final

from rapport.inference.errors import ChatBusy, ChatDeclined, ChatRefused, ChatUnreachable
from rapport.inference.gateway.breaker import Breaker
from rapport.inference.gateway.endpoints import Endpoint
from rapport.inference.ports import LanguageModel
from rapport.kernel.errors import RapportError

RETRIES: Final = 2
"""How often a model is asked again."""
FIRST_PAUSE_S: Final = 0.5
ATTEMPT_S: Final = 30.0
_TEMPORARY: Final = (ChatUnreachable, ChatBusy)
_FINAL: Final = (ChatRefused, ChatDeclined)


@dataclass(frozen=True, slots=True)
class Pace:
    """How time passes, and where chance comes from; tests bring their own."""

    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    chance: Callable[[], float] = random.random
    """Between 0 and 1."""


@dataclass(frozen=True, slots=True)
class Link:
    """A model of the chain, and whether it is left alone for the moment."""

    endpoint: Endpoint
    model: LanguageModel
    breaker: Breaker


class Attempt:
    """One try at one model, for `with`: errors of the model are kept, and end only the try.

    Once something of an answer was passed on (`is_begun`) they are raised: nobody can begin anew.
    """

    def __init__(self, link: Link, until: float) -> None:
        """Try until the loop's clock shows `until`."""
        self.endpoint = link.endpoint
        self.model = link.model
        self.until = until
        self.is_begun = False
        self.error: RapportError | None = None
        self._breaker = link.breaker

    def __enter__(self) -> "Attempt":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        if error is None:
            self._breaker.succeeded()
            return True
        if isinstance(error, TimeoutError):
            self._breaker.failed()
            self.error = ChatUnreachable("The language model did not answer in time.")
            if self.is_begun:
                raise self.error from error
            return True
        if isinstance(error, _TEMPORARY):
            self._breaker.failed()
        elif isinstance(error, _FINAL):
            self._breaker.succeeded()
        else:
            self._breaker.released()  # the caller's own: it gave up, or may not spend more
            return False
        self.error = error
        return not self.is_begun


class Asking:
    """One question on its way through a chain of models."""

    def __init__(self, links: Sequence[Link], pace: Pace, until: float) -> None:
        """Ask `links` in their order, until the loop's clock shows `until`."""
        self._links = links
        self._pace = pace
        self._until = until
        self.tried = 0
        self.last: Endpoint | None = None
        """The model that was asked last."""
        self.error: RapportError = ChatUnreachable()
        """Why the last one did not answer."""

    async def attempts(self) -> AsyncIterator[Attempt]:
        """Tries, as long as one may help; the caller stops when it has its answer.

        A model has an even share of the time that is left, so that one that hangs leaves some to
        the next. One that says when to come back is asked again then, if that is within its share.
        """
        for place, link in enumerate(self._links):
            ends_at = _now() + (self._until - _now()) / (len(self._links) - place)
            for count in range(RETRIES + 1):
                if not link.breaker.admits():
                    self._note_resting(link)
                    break
                attempt = Attempt(link, min(ends_at, _now() + ATTEMPT_S))
                self.tried, self.last = self.tried + 1, link.endpoint
                yield attempt
                if attempt.error is None:
                    return
                self.error = attempt.error
                pause = self._pause(attempt.error, count)
                if not attempt.error.retryable or _now() + pause >= ends_at:
                    break
                await self._pace.sleep(pause)

    def _note_resting(self, link: Link) -> None:
        if not self.tried:
            told = "The language model failed too often, and is not asked for the moment."
            self.error = ChatUnreachable(told, retry_after=link.breaker.wait_s() or None)

    def _pause(self, error: RapportError, count: int) -> float:
        """As long as the provider asks for, else ever longer; never quite the same."""
        jitter = FIRST_PAUSE_S * float(2**count) * self._pace.chance()
        return jitter + (error.retry_after or 0)


def _now() -> float:
    return asyncio.get_running_loop().time()
