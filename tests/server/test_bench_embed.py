"""The embedding benchmark runs, for too short a time to mean anything."""

from pathlib import Path

from rapport.inference.minilm import MiniLM
from rapport.server.bench import embed
from tests.inference.fixtures import minilm, models_dir

__all__ = ["minilm", "models_dir"]


def test_it_measures_a_question_alone_and_beside_indexing(minilm: MiniLM, models_dir: Path) -> None:
    found = embed.run(models_dir, seconds=0.2)

    assert found["model"] == minilm.name
    assert found["texts_per_s"] > 0
    assert 0 < found["question_p50_ms"] <= found["question_p99_ms"]
    assert 0 < found["question_busy_p50_ms"] <= found["question_busy_p99_ms"]
    assert found["questions"] >= 2
    assert found["rss_mb"] > 50
