"""`rapport models train`: the models of moods and of urgency, made anew."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray

from rapport.inference.errors import ModelMissing
from rapport.inference.minilm import MiniLM, installed
from rapport.kernel.settings.process import Settings

app = typer.Typer(no_args_is_help=True)
To = Annotated[
    Path | None, typer.Option("--to", help="The file to write; else the one in the package.")
]


@app.callback()
def training() -> None:
    """Make the models of moods and of urgency anew from what they learn from."""


@app.command()
def emotion(
    source: Annotated[
        Path,
        typer.Option("--from", exists=True, file_okay=False, help="GoEmotions: train.tsv in it."),
    ],
    to: To = None,
) -> None:
    """Learn 28 feelings from GoEmotions, in some minutes. `urgency` is to be made after it."""
    # Imported only here: learning brings scikit-learn.
    from rapport.ai.triage.emotion import learning, model  # noqa: PLC0415

    embedder = _embedder()
    material = learning.texts_of(source / "train.tsv")
    vectors = asyncio.run(_embed(embedder, material.texts))
    learned = learning.learn(material, vectors, embedder.name, report=typer.echo)
    _write(learned.written(), to or model.FILE)
    typer.echo(f"macro-F1 {learned.about['macro_f1_cross_validated']}, cross-validated")


@app.command()
def urgency(to: To = None) -> None:
    """Learn urgency, wishes, dangers and moods from the messages that come with the program."""
    from rapport.ai.triage.emotion.model import shipped  # noqa: PLC0415
    from rapport.ai.triage.urgency import learning, model  # noqa: PLC0415

    messages = learning.shipped_messages()
    vectors = asyncio.run(_embed(_embedder(), [message.text for message in messages]))
    learned = learning.learn(messages, vectors, shipped())
    _write(learned.written(), to or model.FILE)
    for name, found in learned.about.items():
        typer.echo(f"{name:<16} {found}")


def _embedder() -> MiniLM:
    found = installed(Settings().models_dir)
    if found is None:
        raise ModelMissing
    return found


async def _embed(embedder: MiniLM, texts: Sequence[str]) -> NDArray[np.float32]:
    return await embedder.embed(texts)


def _write(content: bytes, file: Path) -> None:
    file.write_bytes(content)
    typer.echo(f"{file}: {len(content):,} bytes")
