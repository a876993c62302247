"""Lines as mail programs write them, by language, and the same question in each."""

import json
from pathlib import Path
from typing import Any

_KEPT: dict[str, Any] = json.loads(Path(__file__).with_name("samples.json").read_text("utf-8"))

INTROS: list[tuple[str, str]] = [(c, it) for c, all_ in _KEPT["intros"].items() for it in all_]
HEADLINES: list[tuple[str, str]] = [
    (c, it) for c, all_ in _KEPT["headlines"].items() for it in all_
]
SENT_FROM: list[tuple[str, str]] = [
    (c, it) for c, all_ in _KEPT["sent_from"].items() for it in all_
]
HEADERS: list[tuple[str, str]] = list(_KEPT["headers"].items())
LETTERS: list[tuple[str, str]] = list(_KEPT["letters"].items())
