"""How much the writer of a message knows, so that an answer is neither too plain nor too hard."""

from rapport.ai.triage.expertise.reading import Expertise, read

__all__ = ["Expertise", "read"]
