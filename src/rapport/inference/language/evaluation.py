"""How well languages are told apart, on texts whose language is known."""

import csv
import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import psutil
from sklearn.metrics import f1_score

from rapport.inference.language.service import guess

_FEW: Final = 4
_MEGABYTE: Final = 1_048_576


def examine(file: Path) -> dict[str, Any]:
    """Ask the language of each text of a file among those that the file has.

    The file is CSV with the columns `text` and `language`, or JSON lines with these keys. The
    figures of `first_words` are of the same texts, of which only the first four words are shown.
    `memory_mb` is what the model took when it was loaded.
    """
    rows = list(_rows(file))
    texts, truth = [text for text, _ in rows], [language for _, language in rows]
    among = frozenset(truth)
    process = psutil.Process()
    before = process.memory_info().rss
    guess("a b", among=among)
    memory = process.memory_info().rss - before
    begun = time.perf_counter()
    whole = [guess(text, among=among).code or "" for text in texts]
    seconds = time.perf_counter() - begun
    few = [guess(" ".join(text.split()[:_FEW]), among=among).code or "" for text in texts]
    return {
        **_marks(truth, whole),
        **{f"{name}_first_words": mark for name, mark in _marks(truth, few).items()},
        "messages_per_s": round(len(texts) / max(seconds, 1e-9)),
        "memory_mb": round(memory / _MEGABYTE),
        "languages": len(among),
        "tested": len(texts),
    }


def _marks(truth: Sequence[str], said: Sequence[str]) -> dict[str, float]:
    right = sum(one == other for one, other in zip(truth, said, strict=True))
    macro = f1_score(truth, said, labels=sorted(set(truth)), average="macro", zero_division=0)
    return {
        "accuracy": round(right / max(1, len(truth)), 4),
        "macro_f1": round(float(macro), 4),
    }


def _rows(file: Path) -> Iterator[tuple[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        is_json = file.suffix == ".jsonl"
        lines: Iterator[Any] = map(json.loads, opened) if is_json else csv.DictReader(opened)
        for row in lines:
            yield row["text"], row["language"]
