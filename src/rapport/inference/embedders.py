"""Which embedding model a process uses, and how it reaches the one it used before."""

from collections.abc import Callable

import httpx
from pydantic import ValidationError

from rapport.inference.minilm import MiniLM
from rapport.inference.openai_embeddings import Endpoint, OpenAIEmbeddings
from rapport.inference.ports import Embedder
from rapport.inference.remembering import Remembering


class KnownEmbedders:
    """The `Embedders` of one process: the model on its disk, and endpoints."""

    def __init__(
        self,
        local: MiniLM | None,
        endpoint: Endpoint | None,
        client: Callable[[], httpx.AsyncClient],
    ) -> None:
        """Use `endpoint` where there is one, else `local`; `client` makes what calls out."""
        self._client = client
        self._local = None if local is None else Remembering(local)
        self._endpoint = endpoint
        self._reached: dict[Endpoint, Embedder] = {}

    @property
    def wanted(self) -> Embedder | None:
        """The model to be used from now on."""
        return self._local if self._endpoint is None else self._reach(self._endpoint)

    def describe(self, name: str) -> str:
        """See `Embedders.describe`."""
        known = self._endpoint is not None and self._endpoint.name == name
        return self._endpoint.model_dump_json() if self._endpoint and known else ""

    def open(self, name: str, description: str) -> Embedder | None:
        """See `Embedders.open`."""
        if self._local is not None and self._local.name == name:
            return self._local
        try:
            return self._reach(Endpoint.model_validate_json(description))
        except ValidationError:  # none was needed, or an older release described it otherwise
            return None

    def _reach(self, endpoint: Endpoint) -> Embedder:
        if endpoint not in self._reached:
            self._reached[endpoint] = Remembering(OpenAIEmbeddings(self._client(), endpoint))
        return self._reached[endpoint]
