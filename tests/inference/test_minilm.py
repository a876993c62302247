import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import httpx
import numpy as np
import pytest

from rapport.inference import build as building
from rapport.inference.build import build, download
from rapport.inference.errors import (
    ModelDamaged,
    ModelMissing,
    ModelSourceUnreachable,
    ModelSourceUntrusted,
)
from rapport.inference.minilm import MiniLM, folder_in, installed


def quiet(_: str) -> None: ...


@pytest.fixture
def embedder(minilm: MiniLM) -> MiniLM:
    return minilm


async def test_close_meanings_lie_close_together(embedder: MiniLM) -> None:
    question, same, other = await embedder.embed(
        [
            "How do I send something back?",
            "Returning an item you bought",
            "Our office is in Graz.",
        ]
    )

    assert float(question @ same) > 0.5
    assert float(question @ same) > float(question @ other) + 0.3


async def test_vectors_have_length_one_and_do_not_depend_on_their_neighbours(
    embedder: MiniLM,
) -> None:
    texts = ["Refunds", "a much longer text about parcels and " * 30, "", "日本語", "\x00 \ud83d"]

    together = await embedder.embed(texts)

    assert together.shape == (5, 384)
    assert np.allclose(np.linalg.norm(together, axis=1), 1.0, atol=1e-5)
    alone = np.concatenate([await embedder.embed([text]) for text in texts])
    assert np.array_equal(together, alone)


def test_nobody_is_told_that_a_model_was_loaded(
    embedder: MiniLM, models_dir: Path, tmp_path: Path
) -> None:
    """What onnxruntime wants to report it first keeps in the home folder, without a network too."""
    program = (
        "import asyncio, sys; from pathlib import Path; "
        "from rapport.inference.minilm import MiniLM; "
        "asyncio.run(MiniLM(Path(sys.argv[1])).embed(['Hello']))"
    )
    plain = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}  # it also holds back under CI=true

    subprocess.run([sys.executable, "-c", program, folder_in(models_dir)], env=plain, check=True)

    assert list(tmp_path.rglob("*")) == []


async def test_no_text_gives_no_vector(embedder: MiniLM) -> None:
    assert (await embedder.embed([])).shape == (0, 384)


async def test_what_exceeds_the_window_is_cut_off(embedder: MiniLM) -> None:
    words = " ".join(["parcel"] * 300)

    long, longer = await embedder.embed([words, words + " refund" * 200])

    assert np.array_equal(long, longer)


async def test_the_int8_model_agrees_with_published_vectors(embedder: MiniLM) -> None:
    """The first numbers of the float model's vector, as sentence-transformers computes it."""
    (vector,) = await embedder.embed(["This is an example sentence"])

    published = np.array([0.0677, 0.0635, 0.0487, 0.0793, 0.0374])
    assert np.abs(vector[:5] - published).max() < 0.03


async def test_questions_do_not_wait_for_a_whole_batch(embedder: MiniLM) -> None:
    order: list[str] = []

    async def embed(name: str, texts: list[str]) -> None:
        await embedder.embed(texts)
        order.append(name)

    await asyncio.gather(embed("batch", ["word " * 200] * 64), embed("question", ["Why?"]))

    assert order == ["question", "batch"]


def test_it_says_which_languages_it_understands(embedder: MiniLM) -> None:
    assert [embedder.speaks(x) for x in ("en", "en-GB", "EN_us", "de", "ar")] == [
        True,
        True,
        True,
        False,
        False,
    ]


def test_building_again_does_nothing(minilm: MiniLM, models_dir: Path) -> None:
    before = (folder_in(models_dir) / "model.onnx").stat()

    assert build(models_dir, source="/nowhere", report=quiet) is False
    assert (folder_in(models_dir) / "model.onnx").stat() == before


def test_the_model_is_small(minilm: MiniLM, models_dir: Path) -> None:
    assert (folder_in(models_dir) / "model.onnx").stat().st_size < 24_000_000


def test_weights_that_are_not_the_published_ones_are_refused(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "model.safetensors").write_bytes(b"evil")
    (source / "tokenizer.json").write_text("{}")

    with pytest.raises(ModelSourceUntrusted):
        build(tmp_path / "models", source=str(source), report=quiet)

    assert installed(tmp_path / "models") is None
    assert list((tmp_path / "models").iterdir()) == []


def test_a_folder_without_weights_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelSourceUnreachable):
        build(tmp_path / "models", source=str(tmp_path), report=quiet)


def test_the_hub_sends_both_files(tmp_path: Path) -> None:
    def serve(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=request.url.path.encode())

    with httpx.Client(transport=httpx.MockTransport(serve)) as client:
        folder = download("https://hub.test/model", tmp_path / "hub", client)

    assert (folder / "tokenizer.json").read_bytes() == b"/model/tokenizer.json"
    assert (folder / "model.safetensors").read_bytes() == b"/model/model.safetensors"


def test_a_hub_that_fails_is_said_to_have_failed(tmp_path: Path) -> None:
    refuse = httpx.MockTransport(lambda _: httpx.Response(404))

    with httpx.Client(transport=refuse) as client, pytest.raises(ModelSourceUnreachable):
        download("https://hub.test/model", tmp_path / "hub", client)


async def test_a_missing_model_is_named_as_such(tmp_path: Path) -> None:
    assert installed(tmp_path) is None
    with pytest.raises(ModelMissing):
        await MiniLM(folder_in(tmp_path)).embed(["hello"])


async def test_a_damaged_model_is_not_loaded(
    minilm: MiniLM, models_dir: Path, tmp_path: Path
) -> None:
    copy = folder_in(tmp_path)
    copy.mkdir(parents=True)
    for file in folder_in(models_dir).iterdir():
        (copy / file.name).write_bytes(file.read_bytes())
    (copy / "model.onnx").write_bytes(b"truncated")

    with pytest.raises(ModelDamaged):
        await MiniLM(copy).embed(["hello"])


def test_a_card_of_another_recipe_means_building_anew(
    minilm: MiniLM, models_dir: Path, tmp_path: Path
) -> None:
    copy = folder_in(tmp_path)
    copy.mkdir(parents=True)
    card = json.loads((folder_in(models_dir) / "meta.json").read_text())
    (copy / "meta.json").write_text(json.dumps(card | {"recipe": 0}))

    assert not building.is_built(tmp_path)
