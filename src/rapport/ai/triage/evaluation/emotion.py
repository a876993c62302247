"""How well emotions are read, in texts that people have read."""

import asyncio
import time
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import accuracy_score, f1_score

from rapport.ai.triage.emotion.learning import texts_of
from rapport.ai.triage.emotion.model import LABELS, shipped
from rapport.ai.triage.evaluation.urgency import read, rows_of
from rapport.ai.triage.splitting import split
from rapport.ai.triage.urgency.model import OF_MOOD
from rapport.inference.ports import Embedder


class LabelUnknown(ValueError):
    """The file has an emotion that is none of ours, nor a finer one that belongs to one."""


def examine(file: Path, embedder: Embedder | None) -> dict[str, Any]:
    """Read each text of a file: 28 labels of a TSV of GoEmotions, or one emotion of JSON lines.

    Lines are `{"text", "emotion"}`, whose emotion is one of our five or a mood that belongs to one.
    Of the 28 labels a text may have several: `accuracy` is of those with all and no others.

    Raises:
        LabelUnknown: see there.
    """
    if file.suffix == ".tsv":
        return _of_labels(file, embedder)
    rows = rows_of(file)
    names: dict[str, str] = dict(OF_MOOD)
    names |= {emotion: emotion for emotion in OF_MOOD.values()}
    unknown = {row["emotion"] for row in rows} - set(names)
    if unknown:
        raise LabelUnknown(f"No emotion of ours: {', '.join(sorted(unknown))}")
    truth = [names[row["emotion"]] for row in rows]
    readings, seconds = read([row["text"] for row in rows], embedder)
    said = [reading.emotion for reading in readings]
    return {
        "accuracy": round(float(accuracy_score(truth, said)), 4),
        "macro_f1": round(float(f1_score(truth, said, average="macro", zero_division=0)), 4),
        "emotions": len(set(truth)),
        "messages_per_s": round(len(rows) / max(seconds, 1e-9)),
        "tested": len(rows),
    }


def _of_labels(file: Path, embedder: Embedder | None) -> dict[str, Any]:
    material, model = texts_of(file), shipped()
    usable = embedder if embedder is not None and embedder.name == model.embedder else None
    vectors = None if usable is None else asyncio.run(_embedded(usable, material.texts))
    begun = time.perf_counter()
    said = np.zeros(material.labels.shape, np.bool_)
    for at, text in enumerate(material.texts):
        said[at, model.labels(split(text), None if vectors is None else vectors[at])] = True
    seconds = time.perf_counter() - begun
    macro = f1_score(material.labels, said, average="macro", zero_division=0)
    return {
        "accuracy": round(float(accuracy_score(material.labels, said)), 4),
        "macro_f1": round(float(macro), 4),
        "labels": len(LABELS),
        "messages_per_s": round(len(material.texts) / max(seconds, 1e-9)),
        "tested": len(material.texts),
    }


async def _embedded(embedder: Embedder, texts: Any) -> Any:
    return await embedder.embed(texts)
