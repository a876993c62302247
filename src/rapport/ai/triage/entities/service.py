"""What other rooms ask about the things that messages name."""

from collections.abc import Sequence

from rapport.ai.triage.entities.products import Products


def products_in(texts: Sequence[str], names: Sequence[str]) -> list[list[str]]:
    """The products that each text names, by the workspace's own `names` for them, in order."""
    products = Products({name: name for name in names})
    return [sorted({found.normal for found in products.read(text)}) for text in texts]
