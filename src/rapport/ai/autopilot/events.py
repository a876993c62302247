"""What the assistant did, as the log tells it."""

from uuid import UUID

from rapport.kernel.events import Event
from rapport.kernel.personal import Code


class QuestionTakenUp(Event, name="assistant.question_taken_up"):
    """The assistant answered what a customer wrote, or left it to people; `answer_id` says why.

    `seq` is the place of the customer's last message.
    """

    conversation_id: UUID
    answer_id: UUID
    seq: int
    decision: Code
    reason: Code
