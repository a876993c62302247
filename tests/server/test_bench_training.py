"""The benchmark of training runs, with too few messages to mean anything."""

from pathlib import Path

from rapport.inference.minilm import MiniLM
from rapport.server.bench import training
from tests.inference.fixtures import minilm, models_dir

__all__ = ["minilm", "models_dir"]


def test_it_measures_learning_as_the_worker_does_it(minilm: MiniLM, models_dir: Path) -> None:
    found = training.run(models_dir, messages=1_000)

    assert (found["messages"], found["intents"]) == (1_000, training.INTENTS)
    assert found["train_s"] >= found["learn_s"] >= found["reference"] > 0
    assert found["rss_mb"] > 50
    assert found["cpu_s"] > 0
    assert found["model_bytes"] > 10_000
