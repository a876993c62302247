"""OpenAI's Embeddings as documented: text, or texts, in; vectors out as numbers or as base64."""

import base64
import hashlib
import random
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from starlette.responses import JSONResponse, Response

from tests.models_simulator.openai import error

DIMENSIONS: Final = 64
MAX_TEXTS: Final = 2_048


def embed(body: Mapping[str, Any], *, shuffled: bool) -> Response:
    """A vector of unit length per text, each with its index."""
    given = body.get("input")
    texts = [given] if isinstance(given, str) else given
    if not texts or len(texts) > MAX_TEXTS or not all(isinstance(t, str) and t for t in texts):
        return error(400, "'$.input' is invalid.", "invalid_request_error")
    form = body.get("encoding_format", "float")
    if form not in {"float", "base64"}:
        return error(400, f"Invalid value: '{form}'.", "invalid_request_error")
    vectors = [vector(text, body.get("dimensions", DIMENSIONS)) for text in texts]
    data = [
        {"object": "embedding", "index": n, "embedding": _encoded(one, form)}
        for n, one in enumerate(vectors)
    ]
    if shuffled:
        random.Random(len(data)).shuffle(data)
    tokens = sum(len(text.split()) for text in texts)
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    return JSONResponse({"object": "list", "data": data, "model": body["model"], "usage": usage})


def vector(text: str, dimensions: int = DIMENSIONS) -> NDArray[np.float32]:
    """The vector of a text: texts that share words lie close together."""
    total = np.zeros(dimensions, np.float32)
    for word in text.lower().split() or [text]:
        seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8])
        total += np.random.default_rng(seed).standard_normal(dimensions, dtype=np.float32)
    return total / np.float32(np.linalg.norm(total))


def _encoded(one: NDArray[np.float32], form: str) -> list[float] | str:
    if form == "float":
        return [float(value) for value in one]
    return base64.b64encode(one.astype("<f4").tobytes()).decode()
