"""What is wrong with a procedure that can be read, and what it does, in plain words."""

from rapport.ai.procedures.checking.explaining import explain
from rapport.ai.procedures.checking.flowchart import flowchart
from rapport.ai.procedures.checking.linting import Surroundings, lint

__all__ = ["Surroundings", "explain", "flowchart", "lint"]
