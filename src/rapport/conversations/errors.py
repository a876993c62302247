"""Refusals of this room."""

from rapport.kernel.errors import Conflict, Malformed, NotFound, Unprocessable


class ConversationNotFound(NotFound):
    """There is no such conversation in this workspace."""


class InboxNotFound(NotFound):
    """There is no such inbox in this workspace."""


class TagNotFound(NotFound):
    """There is no such tag in this workspace."""


class MacroNotFound(NotFound):
    """There is no such macro in this workspace."""


class RejectedMessageNotFound(NotFound):
    """There is no such kept message in this workspace."""


class TagNameTaken(Conflict):
    """Another tag already has this name."""


class InboxInUse(Conflict):
    """The inbox has conversations; switch it off instead of deleting it."""


class NewerMessages(Conflict):
    """Somebody wrote in the meantime; read the newer messages before you send yours."""

    def __init__(self, seqs: list[int]) -> None:
        """Say which messages the writer has not seen."""
        self.seqs = seqs
        self.fields = {"seqs": ",".join(str(seq) for seq in seqs)}
        listed = ", ".join(str(seq) for seq in seqs)
        super().__init__(f"Somebody wrote in the meantime: messages {listed}.")


class ConversationErasedAlready(Conflict):
    """What was said in this conversation was erased; nothing more can be written in it."""


class NotAMember(Malformed):
    """A conversation can only be assigned to an active agent or team of this workspace."""


class SnoozeInThePast(Malformed):
    """A conversation can only be snoozed until a moment in the future."""


class MessageRejected(Unprocessable):
    """The message could not be stored; it is kept aside for the administrators."""
