"""Whether a message is unwanted: cold sales, phishing, link farms, noise."""

from rapport.ai.triage.spam.links import Link
from rapport.ai.triage.spam.scoring import Incoming, Verdict, judge

__all__ = ["Incoming", "Link", "Verdict", "judge"]
