"""How soon a conversation should be answered, and why."""

from rapport.ai.triage.priority.weighing import Priority, Reason, Situation, weigh
from rapport.ai.triage.priority.weights import Weights

__all__ = ["Priority", "Reason", "Situation", "Weights", "weigh"]
