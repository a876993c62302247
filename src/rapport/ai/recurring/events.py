"""What happens to recurring issues, as the log tells it."""

from uuid import UUID

from rapport.kernel.events import Event
from rapport.kernel.personal import Code


class RecurringIssueAlerted(Event, name="recurring.alerted"):
    """A problem is `new`, or `growing` beyond what its weeks before let expect.

    `count` is how many conversations the last 24 hours had.
    """

    problem_id: UUID
    kind: Code
    count: int


class ProblemChanged(Event, name="recurring.changed"):
    """A problem was found, named, merged or split, or a person decided something about it."""

    problem_id: UUID
