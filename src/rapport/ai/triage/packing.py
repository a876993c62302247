"""Models as files: numbers and text only, nothing that runs."""

import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

Arrays = Mapping[str, NDArray[Any]]
M = TypeVar("M")


class ModelUnreadable(ValueError):
    """The file is none of ours, or of another form."""


def pack(form: int, told: Mapping[str, Any], arrays: Mapping[str, Any]) -> bytes:
    """The bytes of a file that `unpack` takes; `told` goes in as JSON."""
    words = np.frombuffer(json.dumps({"form": form, **told}).encode(), np.uint8)
    held = io.BytesIO()
    np.savez_compressed(held, told=words, **arrays)
    return held.getvalue()


def unpack(
    source: bytes | Path,
    form: int,
    build: Callable[[Mapping[str, Any], Arrays], M],
    *,
    oldest: int | None = None,
) -> M:
    """What `build` makes of what was told and of the arrays.

    Of `form`, or of any since `oldest` where that is told.

    Raises:
        ModelUnreadable: the file is none, is of another form, or lacks what `build` looks for.
    """
    try:
        with np.load(io.BytesIO(source) if isinstance(source, bytes) else source) as file:
            arrays = dict(file)
        told = json.loads(arrays["told"].tobytes())
        if not (form if oldest is None else oldest) <= told["form"] <= form:
            raise ModelUnreadable(f"The model is of form {told['form']}, not {form}.")
        return build(told, arrays)
    except (KeyError, ValueError, OSError, EOFError, BadZipFile) as error:
        raise ModelUnreadable("This is no model of ours.") from error
