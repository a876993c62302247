from tests.inference.fixtures import minilm, models_dir

__all__ = ["minilm", "models_dir"]
