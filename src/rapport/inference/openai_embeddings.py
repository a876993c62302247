"""Embeddings from any address that speaks OpenAI's `POST /embeddings`.

Written on httpx alone: OpenAI's own library takes 100 MB, and it neither checks what comes back nor
covers what is somebody's.
"""

import asyncio
import base64
import binascii
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from itertools import count
from typing import Any, Final, Self
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from rapport.inference.errors import (
    EmbeddingsBusy,
    EmbeddingsRefused,
    EmbeddingsUnreachable,
    EmbeddingsUnusable,
)
from rapport.inference.personal.service import Cover
from rapport.inference.refusing import seconds_of
from rapport.kernel.errors import RapportError, Unreachable
from rapport.kernel.settings.process import Settings
from rapport.kernel.telemetry import metrics

DEADLINE_S: Final = 5.0
"""For one request while somebody waits, with its place in the queue and all its attempts."""
BACKGROUND_DEADLINE_S: Final = 30.0
ATTEMPTS: Final = 4
REST_S: Final = 10.0
"""How long an endpoint that just failed is left alone: questions go on by words at once."""
_MAX_TEXTS: Final = 64
_MAX_CHARS: Final = 60_000
"""Of one request: 64 vectors of 3,072 numbers, written in digits, are 4 MB."""
_AT_ONCE: Final = {False: 8, True: 2}
_PERHAPS_UNKNOWN: Final = frozenset({400, 422})
_REQUESTS: Final = metrics.counter(
    "embeddings_requests", "Requests to an embeddings endpoint, by their end.", ("outcome",)
)
_SECONDS: Final = metrics.histogram(
    "embeddings_request_seconds",
    "One attempt at an embeddings endpoint.",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
)


class Endpoint(BaseModel):
    """Where an embedding model answers, and how it is to be asked."""

    model_config = ConfigDict(frozen=True)

    base_url: str
    """Up to and without `/embeddings`."""
    model: str
    api_key: str | None = Field(None, repr=False)
    dimensions: int | None = None
    """Asks for shorter vectors, where the model can."""
    languages: frozenset[str] = frozenset()
    """Those it understands, as in `de`; empty means all."""
    max_chars: int = 6_000
    """What is longer is cut: endpoints refuse what does not fit their window."""

    @classmethod
    def of(cls, settings: Settings) -> Self | None:
        """The one an administrator has chosen, if any."""
        if not settings.embeddings_base_url or not settings.embeddings_model:
            return None
        key = settings.embeddings_api_key
        return cls(
            base_url=settings.embeddings_base_url,
            model=settings.embeddings_model,
            api_key=key.get_secret_value() if key else None,
            dimensions=settings.embeddings_dimensions,
            languages=frozenset(map(str.lower, settings.embeddings_languages)),
            max_chars=settings.embeddings_max_chars,
        )

    @property
    def name(self) -> str:
        """Model, address and dimensions: another address may serve other numbers by that name."""
        at = urlsplit(self.base_url)
        host = at.netloc.rpartition("@")[2]
        short = f"#{self.dimensions}" if self.dimensions else ""
        return f"{self.model}@{host}{at.path.rstrip('/')}{short}"


class OpenAIEmbeddings:
    """The `Embedder` for OpenAI, Ollama, vLLM, TEI and whatever else speaks the same protocol.

    What belongs to a person is covered before a text leaves the machine. A request that failed for
    a passing reason is tried again within a deadline, four times at most.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        endpoint: Endpoint,
        *,
        pause: Callable[[float], Awaitable[object]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Talk through `http`, so that its rules on addresses, sizes and proxies hold here too."""
        self._http = http
        self._endpoint = endpoint
        self._pause, self._clock = pause, clock
        self._encoding = "base64"  # a third of the bytes, and no digit is lost
        self._dimensions = 0
        self._resting_until = 0.0
        self._lanes = {lane: asyncio.Semaphore(most) for lane, most in _AT_ONCE.items()}

    @property
    def name(self) -> str:
        """See `Embedder.name`."""
        return self._endpoint.name

    @property
    def dimensions(self) -> int:
        """See `Embedder.dimensions`."""
        return self._dimensions

    def speaks(self, locale: str) -> bool:
        """See `Embedder.speaks`."""
        language = locale.replace("_", "-").split("-")[0].lower()
        return not self._endpoint.languages or language in self._endpoint.languages

    async def embed(
        self,
        texts: Sequence[str],
        *,
        workspace_id: UUID | None = None,
        background: bool = False,
    ) -> NDArray[np.float32]:
        """See `Embedder.embed`. Whose turn it is is the endpoint's business, not `workspace_id`'s.

        Raises:
            EmbeddingsUnreachable: no answer in time, or an endpoint that failed a moment ago.
            EmbeddingsBusy: too many requests; `retry_after` says when to come back, if known.
            EmbeddingsRefused: the request, the model's name or the key was not accepted.
            EmbeddingsUnusable: the vectors are too few, no numbers, or of another length.
            AddressRefused: the address is a private one and was not allowed.
        """
        rows = [np.empty((0, self._dimensions), dtype=np.float32)] if not texts else []
        for batch in _batches([self._readable(text) for text in texts]):
            async with self._turn(background=background) as deadline:
                rows.append(await self._patiently(batch, deadline))
        return np.concatenate(rows)

    @asynccontextmanager
    async def _turn(self, *, background: bool) -> AsyncIterator[float]:
        """One of a few requests at a time; yields the instant by which it must be answered."""
        seconds = BACKGROUND_DEADLINE_S if background else DEADLINE_S
        deadline = self._clock() + seconds
        try:
            async with asyncio.timeout(seconds):
                await self._lanes[background].acquire()
        except TimeoutError as error:
            raise EmbeddingsBusy from error
        try:
            if self._clock() < self._resting_until:
                raise EmbeddingsUnreachable
            yield deadline
        finally:
            self._lanes[background].release()

    def _readable(self, text: str) -> str:
        """What is sent of a text; an empty one would be refused."""
        covered = Cover().cover(text.encode(errors="replace").decode())
        return covered[: self._endpoint.max_chars].strip() or "-"

    async def _patiently(self, texts: Sequence[str], deadline: float) -> NDArray[np.float32]:
        """The vectors of one request, tried again as long as that may help and time allows."""
        for attempt in count(1):
            try:
                vectors = await self._once(texts, deadline)
            except (EmbeddingsUnreachable, EmbeddingsBusy) as error:
                wait = error.retry_after or 2 ** (attempt - 2)
                if attempt == ATTEMPTS or self._clock() + wait >= deadline:
                    self._resting_until = self._clock() + REST_S
                    raise
                await self._pause(wait)
                continue
            self._resting_until = 0.0
            return vectors
        raise AssertionError("the last attempt returns or raises")

    async def _once(self, texts: Sequence[str], deadline: float) -> NDArray[np.float32]:
        """One attempt, counted; a second one at once where the endpoint knows no base64."""
        began = time.perf_counter()
        outcome = "ok"
        try:
            response = await self._post(texts, self._encoding, deadline)
            if self._encoding == "base64" and response.status_code in _PERHAPS_UNKNOWN:
                response = await self._post(texts, "float", deadline)
                _judge(response)
                self._encoding = "float"
            _judge(response)
            return self._checked(_vectors_of(response, len(texts)))
        except RapportError as error:
            outcome = error.code
            raise
        finally:
            _REQUESTS.labels(outcome).inc()
            _SECONDS.observe(time.perf_counter() - began)

    async def _post(self, texts: Sequence[str], encoding: str, deadline: float) -> httpx.Response:
        """The answer, whatever it says; of a failure nothing but our own words."""
        body: dict[str, Any] = {
            "model": self._endpoint.model,
            "input": texts,
            "encoding_format": encoding,
        }
        if self._endpoint.dimensions:
            body["dimensions"] = self._endpoint.dimensions
        key = self._endpoint.api_key
        headers = {"authorization": f"Bearer {key}"} if key else {}
        url = f"{self._endpoint.base_url.rstrip('/')}/embeddings"
        try:
            async with asyncio.timeout(max(deadline - self._clock(), 0)):
                return await self._http.post(url, json=body, headers=headers)
        except Unreachable as error:  # the egress client's
            if not error.retryable:
                raise EmbeddingsUnusable(error.detail) from error
            raise EmbeddingsUnreachable from error
        except (httpx.HTTPError, TimeoutError) as error:
            raise EmbeddingsUnreachable from error
        except ValueError as error:  # a key no header can hold, too
            raise EmbeddingsRefused("The embeddings endpoint's address or key is none.") from error

    def _checked(self, found: list[Any]) -> NDArray[np.float32]:
        """Unit vectors, all as long as those before."""
        lengths = {len(vector) for vector in found}
        wanted = self._endpoint.dimensions or self._dimensions or min(lengths)
        if lengths != {wanted} or not wanted:
            told = ", ".join(map(str, sorted(lengths)))
            raise EmbeddingsUnusable(
                f"The embeddings endpoint gave {told} numbers a text instead of {wanted}."
            )
        vectors = np.array(found, dtype=np.float64)
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        if not np.isfinite(norms).all() or not norms.all():
            raise EmbeddingsUnusable("The embeddings endpoint gave a vector without a direction.")
        self._dimensions = wanted
        return np.asarray(vectors / norms, dtype=np.float32)


def _batches(texts: Sequence[str]) -> Iterator[list[str]]:
    """The texts in order, in requests that no endpoint finds too long."""
    held, chars = list[str](), 0
    for text in texts:
        if held and (len(held) == _MAX_TEXTS or chars + len(text) > _MAX_CHARS):
            yield held
            held, chars = [], 0
        held.append(text)
        chars += len(text)
    if held:
        yield held


def _judge(response: httpx.Response) -> None:
    status = response.status_code
    if status == httpx.codes.TOO_MANY_REQUESTS:
        raise EmbeddingsBusy(retry_after=seconds_of(response.headers.get("retry-after")))
    said = f"The embeddings endpoint answered {status}"
    if status >= httpx.codes.INTERNAL_SERVER_ERROR or status == httpx.codes.REQUEST_TIMEOUT:
        raise EmbeddingsUnreachable(f"{said}.")
    if status != httpx.codes.OK:
        raise EmbeddingsRefused(f"{said}: {_LIKELY.get(status, 'check its address and model')}.")


_LIKELY: Final = {
    400: "check the model's name, and whether it takes texts this long",
    401: "check the key",
    403: "check the key, and what it may do",
    404: "check the address, which mostly ends in /v1, and the model's name",
    413: "it takes shorter texts only",
    422: "check the model's name, and whether it takes texts this long",
}


def _vectors_of(response: httpx.Response, count_: int) -> list[Any]:
    """The vectors of an answer by their `index`: it need not keep the order."""
    try:
        items = {int(item["index"]): item["embedding"] for item in response.json()["data"]}
        vectors = {index: _numbers(given) for index, given in items.items()}
    except (ValueError, KeyError, TypeError, binascii.Error) as error:
        raise EmbeddingsUnreachable(
            "The embeddings endpoint's answer could not be read."
        ) from error
    if sorted(vectors) != list(range(count_)):
        raise EmbeddingsUnusable("The embeddings endpoint left texts out.")
    return [vectors[index] for index in range(count_)]


def _numbers(given: str | list[float]) -> NDArray[np.float32]:
    """A vector, as numbers or as the bytes of its float32s, the lowest first."""
    if isinstance(given, str):
        return np.frombuffer(base64.b64decode(given, validate=True), dtype="<f4")
    vector = np.array(given, dtype=np.float32)
    if vector.ndim != 1:
        raise ValueError("not a list of numbers")
    return vector
