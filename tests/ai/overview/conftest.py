from tests.ai.gaps.conftest import embedder, shop

__all__ = ["embedder", "shop"]
