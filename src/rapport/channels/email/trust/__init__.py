"""Who really sent a mail."""

from rapport.channels.email.trust.judging import judge
from rapport.channels.email.trust.verdict import UNKNOWN, By, Result, Verdict

__all__ = ["UNKNOWN", "By", "Result", "Verdict", "judge"]
