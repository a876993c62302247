"""What a process that learns is given, as bytes."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import numpy as np

from rapport.ai.triage.intents.material import Material
from rapport.ai.triage.intents.model import Model, read
from rapport.ai.triage.packing import Arrays, ModelUnreadable, pack, unpack

FORM: Final = 1
NO_SOURCE: Final = UUID(int=0)
"""Stands where a text is from no conversation."""


def task(learned: Material, held: Material, serving: bytes | None) -> bytes:
    """What `task_of` reads: what to learn from and to try it on, and a model to compare with."""
    told = {"learned": _told(learned), "held": _told(held), "embedder": learned.embedder}
    arrays = {**_arrays("learned", learned), **_arrays("held", held)}
    if serving is not None:
        arrays["serving"] = np.frombuffer(serving, np.uint8)
    return pack(FORM, told, arrays)


def _told(material: Material) -> dict[str, Any]:
    further = [sorted(one) for one in material.further or ()]
    return {
        "texts": material.texts,
        "intents": material.intents,
        "further": further if any(further) else None,
        "writers": material.writers,
    }


def _arrays(name: str, material: Material) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if material.vectors is not None:
        found[f"{name}_vectors"] = material.vectors.astype(np.float16)
    if material.sources is not None:
        found[f"{name}_sources"] = np.frombuffer(b"".join(material.sources), np.uint8)
    return found


def task_of(content: bytes) -> tuple[Material, Material, Model | None]:
    """What `task` was given; a model of an older form is left out, for it is not used either.

    Raises:
        ModelUnreadable: this is no task.
    """
    return unpack(content, FORM, _read)


def _read(told: Mapping[str, Any], arrays: Arrays) -> tuple[Material, Material, Model | None]:
    learned, held = (
        Material(
            **told[name],
            embedder=told["embedder"],
            vectors=_floats(arrays.get(f"{name}_vectors")),
            sources=_sixteens(arrays.get(f"{name}_sources")),
        )
        for name in ("learned", "held")
    )
    serving = None
    if "serving" in arrays:
        try:
            serving = read(arrays["serving"].tobytes())
        except ModelUnreadable:
            serving = None
    return learned, held, serving


def _floats(vectors: Any) -> Any:
    return None if vectors is None else vectors.astype(np.float32)


def _sixteens(joined: Any) -> list[bytes] | None:
    return None if joined is None else [one.tobytes() for one in joined.reshape(-1, 16)]
