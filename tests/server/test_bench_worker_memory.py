"""The benchmark of a worker's memory runs, with too little work to mean anything."""

from pathlib import Path

from rapport.inference.minilm import MiniLM
from rapport.server.bench import worker_memory
from tests.inference.fixtures import minilm, models_dir

__all__ = ["minilm", "models_dir"]


def test_a_worker_has_every_model_loaded_and_its_memory_told(
    minilm: MiniLM, models_dir: Path
) -> None:
    found = worker_memory.run(models_dir, examples=300, intents=10, messages=32)

    assert list(found["after"]) == ["articles", "training", "messages", "questions", "issues"]
    assert all(100 < pss < worker_memory.LIMIT_MB for pss in found["after"].values())
    assert 100 < found["pss_mb"] <= found["rss_mb"] <= found["peak_rss_mb"]
    assert found["pss_mb"] <= found["peak_pss_mb"] < worker_memory.LIMIT_MB
    assert (found["intents"], found["examples"], found["messages"]) == (10, 300, 32)
