"""all-MiniLM-L6-v2 on onnxruntime: sentences in, unit vectors of 384 numbers out, on the CPU."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Self
from uuid import UUID

import numpy as np
import onnxruntime  # type: ignore[import-untyped]  # it ships no types
from numpy.typing import NDArray
from pydantic import BaseModel, ValidationError
from tokenizers import Tokenizer

from rapport.inference.errors import ModelDamaged, ModelMissing
from rapport.inference.turns import Turns

NAME: Final = "all-MiniLM-L6-v2"
RECIPE: Final = 1
"""Raised when the making changes so that new vectors cannot be compared with old ones."""
MAX_TOKENS: Final = 256
_THREADS: Final = 2


class ModelCard(BaseModel):
    """What lies in the model's folder; written last, so its presence means that all is there."""

    name: str
    recipe: int
    dimensions: int
    max_tokens: int
    weights_sha256: str
    model_sha256: str
    tokenizer_sha256: str

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """The card in `folder`; None when there is none or it cannot be read."""
        try:
            return cls.model_validate_json((folder / "meta.json").read_bytes())
        except (OSError, ValidationError):
            return None

    def is_true_of(self, folder: Path) -> bool:
        """Whether the files in `folder` are those that were built; reads all of them."""
        hashes = {"model.onnx": self.model_sha256, "tokenizer.json": self.tokenizer_sha256}
        return all(
            (folder / name).exists() and sha256_of(folder / name) == hashed
            for name, hashed in hashes.items()
        )


def folder_in(models_dir: Path) -> Path:
    """Where the model lies within a folder of models."""
    return models_dir / NAME


def installed(models_dir: Path) -> "MiniLM | None":
    """The model of a folder of models, not yet loaded; None when it was never built."""
    folder = folder_in(models_dir)
    return MiniLM(folder) if ModelCard.read(folder) else None


def sha256_of(path: Path) -> str:
    """The hash of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class MiniLM:
    """The `Embedder` that needs no network. Loads 23 MB on first use, and keeps them.

    It understands English; other languages should be searched by their words.
    """

    dimensions: Final = 384

    def __init__(self, folder: Path) -> None:
        """Use the model that `rapport models build` put into `folder`."""
        self._folder = folder
        self._loaded: tuple[Tokenizer, onnxruntime.InferenceSession] | None = None
        self._turns = Turns(self._embed)

    @property
    def name(self) -> str:
        """See `Embedder.name`."""
        return f"{NAME}/int8/{RECIPE}"

    def speaks(self, locale: str) -> bool:
        """See `Embedder.speaks`."""
        return locale.replace("_", "-").split("-")[0].lower() == "en"

    async def embed(
        self,
        texts: Sequence[str],
        *,
        workspace_id: UUID | None = None,
        background: bool = False,
    ) -> NDArray[np.float32]:
        """See `Embedder.embed`.

        One text after the other: together they would be slower, for the padding, and their
        vectors would depend on each other, since the int8 steps scale by the largest value of a
        batch.
        """
        rows = await self._turns.take(texts, workspace_id=workspace_id, background=background)
        return np.stack(rows) if rows else np.empty((0, self.dimensions), dtype=np.float32)

    def _embed(self, text: str) -> NDArray[np.float32]:
        tokenizer, session = self._load()
        readable = text.encode(errors="replace").decode()  # half a surrogate pair has no bytes
        ids = np.array([tokenizer.encode(readable).ids], dtype=np.int64)
        feed = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        return np.asarray(session.run(["embedding"], feed)[0][0], dtype=np.float32)

    def _load(self) -> tuple[Tokenizer, onnxruntime.InferenceSession]:
        """The model, opened at the first text; only the one thread of `Turns` comes here."""
        if self._loaded is None:
            self._loaded = self._open()
        return self._loaded

    def _open(self) -> tuple[Tokenizer, onnxruntime.InferenceSession]:
        card = ModelCard.read(self._folder)
        if card is None:
            raise ModelMissing
        if not card.is_true_of(self._folder):
            raise ModelDamaged
        model, words = self._folder / "model.onnx", self._folder / "tokenizer.json"
        tokenizer = Tokenizer.from_file(str(words))
        tokenizer.no_padding()
        tokenizer.enable_truncation(card.max_tokens)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = _THREADS
        options.inter_op_num_threads = 1
        # The arena keeps the memory of the longest text ever seen; texts here are short and rare.
        options.enable_cpu_mem_arena = False
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        session = onnxruntime.InferenceSession(
            str(model), options, providers=["CPUExecutionProvider"]
        )
        return tokenizer, session
