"""Tables of messages and what should be read in them: one JSON value a line, beside the tests."""

import json
from pathlib import Path
from typing import Any


def table(name: str) -> list[Any]:
    """The lines of `<name>.jsonl`, such as `entities/examples`."""
    written = (Path(__file__).parent / f"{name}.jsonl").read_text("utf-8")
    return [json.loads(line) for line in written.splitlines()]
