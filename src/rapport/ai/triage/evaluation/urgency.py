"""How well urgency is read, and the wish for a person, in messages that people have read."""

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from sklearn.metrics import accuracy_score, f1_score, roc_auc_score

from rapport.ai.triage.reading import Reader, Reading
from rapport.ai.triage.urgency.model import FLAGS, LEVELS
from rapport.inference.ports import Embedder

_RAISED: Final = 0.5
"""From this probability on a flag counts as raised."""


def rows_of(file: Path) -> list[Mapping[str, Any]]:
    """The lines of a JSONL file."""
    return [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip()]


def examine(file: Path, embedder: Embedder | None) -> dict[str, Any]:
    """Read each message of `{"text", "urgency", "wants_human", "flags"}`; without an embedder, by
    its words alone.

    `auroc_urgent` is of high and critical messages against the others, `auroc_wish` of those who
    want a person; null where the file has no two sides. The speed is without the embedding.
    """
    rows = rows_of(file)
    readings, seconds = read([row["text"] for row in rows], embedder)
    truth, said = [row["urgency"] for row in rows], [one.urgency for one in readings]
    urgent = [level in LEVELS[2:] for level in truth]
    return {
        "auroc_urgent": _auroc(urgent, [one.urgent for one in readings]),
        "auroc_wish": _auroc(
            [row["wants_human"] for row in rows], [one.wants_person for one in readings]
        ),
        "accuracy": round(float(accuracy_score(truth, said)), 4),
        "macro_f1": round(float(f1_score(truth, said, average="macro", zero_division=0)), 4),
        "flags": {flag: _recall(flag, rows, readings) for flag in FLAGS},
        "messages_per_s": round(len(rows) / max(seconds, 1e-9)),
        "tested": len(rows),
    }


def read(texts: Sequence[str], embedder: Embedder | None) -> tuple[list[Reading], float]:
    """Readings, and the seconds they took without embedding and loading."""
    reader = Reader(embedder=None if embedder is None else embedder.name)
    vectors = None if embedder is None else asyncio.run(_embedded(embedder, texts))
    reader.read(["Hello there"])
    begun = time.perf_counter()
    readings = reader.read(texts, vectors)
    return readings, time.perf_counter() - begun


async def _embedded(embedder: Embedder, texts: Sequence[str]) -> Any:
    return await embedder.embed(texts)


def _auroc(truth: Sequence[bool], said: Sequence[float]) -> float | None:
    if all(truth) or not any(truth):
        return None
    return round(float(roc_auc_score(truth, said)), 4)


def _recall(
    flag: str, rows: Sequence[Mapping[str, Any]], readings: Sequence[Reading]
) -> dict[str, float | int | None]:
    """Of the messages with a flag the part that has it raised, and how many had it falsely."""
    raised = [reading.flags[flag] >= _RAISED for reading in readings]
    has = [flag in row.get("flags", ()) for row in rows]
    right = sum(a and b for a, b in zip(raised, has, strict=True))
    return {
        "recall": round(right / sum(has), 3) if any(has) else None,
        "messages": sum(has),
        "false": sum(raised) - right,
    }
