"""Fixtures for tests of what calls models. Import them into a conftest."""

from collections.abc import AsyncIterator

import httpx
import pytest

from rapport.kernel import egress
from tests.models_simulator.server import ModelsSimulator


@pytest.fixture
async def simulator() -> AsyncIterator[ModelsSimulator]:
    """The providers, at an address of their own on this machine."""
    async with ModelsSimulator() as simulator:
        yield simulator


@pytest.fixture
async def http(simulator: ModelsSimulator) -> AsyncIterator[httpx.AsyncClient]:
    """Our way out, to nowhere but the simulator."""
    async with egress.client(allow=[simulator.pair]) as client:
        yield client
