"""The interpreter: a pure function from a state and an input to a state and effects."""

from rapport.ai.procedures.running.machine import advance, open_question
from rapport.ai.procedures.running.program import Library, Program, compiled
from rapport.ai.procedures.running.states import State

__all__ = ["Library", "Program", "State", "advance", "compiled", "open_question"]
