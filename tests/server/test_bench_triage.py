"""The triage benchmark runs, on too few messages to mean anything."""

import os
from pathlib import Path

from rapport.inference.minilm import MiniLM
from rapport.server.bench import triage
from tests.inference.fixtures import minilm, models_dir

__all__ = ["minilm", "models_dir"]


def test_it_reads_messages_beside_the_embedder_alone(minilm: MiniLM, models_dir: Path) -> None:
    before = os.sched_getaffinity(0)

    found = triage.run(models_dir, messages=16)

    assert found["messages"] == 16
    assert found["messages_per_s"] > 0
    assert 0 < found["p50_ms"] <= found["p99_ms"]
    assert found["embedder_alone_per_s"] > 0
    assert found["cpu_ms_per_message"] > 0
    assert found["rss_mb"] > 50
    assert os.sched_getaffinity(0) == before
