"""Fetching for the crawler: through the one way out, one at a time, never faster than is asked."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

import httpx

from rapport.kernel import egress
from rapport.kernel.errors import RapportError
from rapport.knowledge.sources.web.robots import NAME

MAX_BYTES: Final = 2 * 1024 * 1024
MAX_SECONDS: Final = 20.0
Pause = Callable[[float], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a server answered; `headers` by names in lower case."""

    url: str
    status: int
    headers: Mapping[str, str]
    content: bytes


class NotFetched(Exception):
    """There is no answer to speak of; the message says why, in a sentence.

    `may_help`: whether another attempt may help.
    """

    def __init__(self, told: str, *, may_help: bool) -> None:
        super().__init__(told)
        self.may_help = may_help


class Web:
    """The web as one crawl sees it. For `async with`.

    Redirects are not followed: where they lead is an address like any other, to be checked anew.
    """

    def __init__(
        self,
        allow: tuple[str, ...] = (),
        *,
        contact: str = "",
        delay_s: float,
        max_bytes: int = MAX_BYTES,
        max_seconds: float = MAX_SECONDS,
        pause: Pause = asyncio.sleep,
    ) -> None:
        """Reach the public internet and `allow`, as `egress.client` says.

        `contact` is told to the servers: where the people are who send the crawler. `pause` waits
        the seconds between two requests.
        """
        self._http = egress.client(allow=allow, max_bytes=max_bytes, max_seconds=max_seconds)
        self._agent = f"{NAME}/1.0" + (f" (+{contact})" if contact else "")
        self._delay_s = delay_s
        self._pause = pause
        self._last: float | None = None

    async def __aenter__(self) -> "Web":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def fetch(
        self, url: str, *, delay_s: float = 0.0, known: Mapping[str, str] | None = None
    ) -> Fetched:
        """Ask for an address, at least `delay_s` seconds after the last one was asked for.

        `known` are headers by which the server can say that nothing has changed.

        Raises:
            NotFetched: it is not on the public internet, too large, too slow, or not there.
        """
        await self._wait(max(delay_s, self._delay_s))
        headers = {
            "user-agent": self._agent,
            "accept": "text/html, text/markdown, text/plain;q=0.9, */*;q=0.1",
            **(known or {}),
        }
        try:
            answer = await self._http.get(url, headers=headers)
            self._http.cookies.clear()  # a site shall not know us again
        except egress.AddressRefused as error:
            raise NotFetched(
                "The address is not on the public internet.", may_help=False
            ) from error
        except egress.ReplyTooLarge as error:
            raise NotFetched("The page is too large to be read.", may_help=False) from error
        except RapportError as error:
            raise NotFetched(error.detail, may_help=True) from error
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise NotFetched("The server does not speak HTTP properly.", may_help=True) from error
        return Fetched(url, answer.status_code, dict(answer.headers), answer.content)

    async def wait(self, seconds: float) -> None:
        """Wait because a server asks for it."""
        await self._pause(seconds)

    async def _wait(self, delay_s: float) -> None:
        now = asyncio.get_running_loop().time()
        if self._last is not None and (left := self._last + delay_s - now) > 0:
            await self._pause(left)
        self._last = asyncio.get_running_loop().time()
