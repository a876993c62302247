"""How much of what is somebody's is found, on texts where it was marked."""

import json
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from rapport.inference.personal.finding import Span, find

NAMES: Final[Mapping[str, str]] = {
    "EMAIL_ADDRESS": "email",
    "PHONE_NUMBER": "phone",
    "IBAN_CODE": "iban",
    "CREDIT_CARD": "card",
    "US_SSN": "ssn",
    "IP_ADDRESS": "ip",
    "DOMAIN_NAME": "url",
    "URL": "url",
}
"""What others call our kinds; ours count too, and all else is not looked for."""


def examine(file: Path) -> dict[str, Any]:
    """Recall and precision over all kinds and of each; any overlap counts as found.

    Each line of `file` is `{"text": …, "spans": [{"type": …, "start": …, "end": …}]}`.
    """
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip()]
    begun = time.perf_counter()
    found = [find(row["text"]) for row in rows]
    seconds = time.perf_counter() - begun
    counts: Counter[tuple[str, str]] = Counter()
    for row, spans in zip(rows, found, strict=True):
        counts.update(_counted(spans, list(_marked(row["spans"]))))
    kinds = sorted({kind for kind, _ in counts})
    total: Counter[str] = Counter()
    for (_, what), count in counts.items():
        total[what] += count
    return {
        **_rates(total),
        "kinds": {kind: _rates({w: counts[kind, w] for w in _WHATS}) for kind in kinds},
        "texts": len(rows),
        "texts_per_s": round(len(rows) / max(seconds, 1e-9)),
    }


_WHATS: Final = ("marked", "marked_found", "found", "found_right")


def _marked(spans: Iterable[Mapping[str, Any]]) -> Iterable[tuple[str, int, int]]:
    ours = set(NAMES.values())
    for span in spans:
        kind = NAMES.get(span["type"], span["type"])
        if kind in ours:
            yield kind, span["start"], span["end"]


def _counted(found: list[Span], marked: list[tuple[str, int, int]]) -> Iterable[tuple[str, str]]:
    for kind, start, end in marked:
        yield kind, "marked"
        if any(it.kind == kind and it.start < end and start < it.end for it in found):
            yield kind, "marked_found"
    for it in found:
        yield it.kind, "found"
        if any(
            kind == it.kind and start < it.end and it.start < end for kind, start, end in marked
        ):
            yield it.kind, "found_right"


def _rates(counts: Mapping[str, int]) -> dict[str, float | int]:
    recall = counts["marked_found"] / max(1, counts["marked"])
    precision = counts["found_right"] / max(1, counts["found"])
    f1 = 2 * recall * precision / (recall + precision) if recall + precision else 0.0
    return {
        "precision": round(precision, 4),
        "recall": round(recall, 4),
        "f1": round(f1, 4),
        "marked": counts["marked"],
        "found": counts["found"],
    }
