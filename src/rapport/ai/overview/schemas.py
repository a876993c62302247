"""What the agent API says about the assistant's work. Output fields are always present."""

from datetime import date
from enum import StrEnum

from pydantic import Field

from rapport.ai.autopilot.schemas import Decision
from rapport.ai.gaps.schemas import GapRow
from rapport.inference.gateway.schemas import SpentOut
from rapport.kernel.schemas import Out


class Period(StrEnum):
    """The last days of UTC, today included."""

    WEEK = "7d"
    MONTH = "30d"
    QUARTER = "90d"

    @property
    def days(self) -> int:
        """How many."""
        return int(self.removesuffix("d"))


class ReasonCount(Out):
    """How often the assistant decided one thing for one reason."""

    decision: Decision
    reason: str
    count: int


class OverviewDay(Out):
    """One day of UTC; greetings and thanks are not counted."""

    day: date
    answered: int
    handed_over: int
    silent: int


class LocaleCount(Out):
    """How many articles are published in a language."""

    locale: str
    articles: int


class OverviewOut(Out):
    """What the assistant knows, what it was asked, how sure it was, and what it cost."""

    since: date
    questions: int = Field(description="Taken up, without greetings and thanks.")
    answered: int
    handed_over: int
    silent: int
    reasons: list[ReasonCount] = Field(description="All it took up, the most frequent first.")
    days: list[OverviewDay] = Field(description="Those on which something was asked, in order.")
    confidence: list[int] = Field(
        description="Ten bins from 0 to 1, of the questions that were looked up."
    )
    conversations_answered: int = Field(
        description="In which it first answered from an article in this time."
    )
    conversations_taken_up: int = Field(description="Of those, how many went to a person after.")
    taken_up_share: float | None = Field(description="Null where it answered in none.")
    top_gaps: list[GapRow] = Field(description="Open, the most asked first; of all inboxes.")
    articles: list[LocaleCount] = Field(description="Published, the fullest language first.")
    costs: SpentOut = Field(description="Of all language models, for all inboxes and purposes.")
