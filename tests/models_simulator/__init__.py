"""The providers of models on this machine, for tests of everything that calls a model."""

from tests.models_simulator.script import (
    Asked,
    Call,
    Fail,
    Garbage,
    Hang,
    Say,
)
from tests.models_simulator.server import KEY, ModelsSimulator

__all__ = ["KEY", "Asked", "Call", "Fail", "Garbage", "Hang", "ModelsSimulator", "Say"]
