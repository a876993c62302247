"""What sending mail may be refused for."""

from rapport.kernel.errors import Conflict, TooLarge, Unprocessable


class MailNotPossible(Conflict):
    """No mail can be sent in this conversation."""

    def __init__(self, why: str) -> None:
        """Say why in a word of ours, see `ReplyOut.why_not`."""
        self.fields = {"why": why}
        super().__init__(f"No mail can be sent in this conversation: {why.replace('_', ' ')}.")


class NoRecipient(Unprocessable):
    """Say to whom the mail shall go."""


class TooManyRecipients(Unprocessable):
    """A mail of ours goes to at most 50 people."""


class OwnAddress(Unprocessable):
    """This is the address of one of our own inboxes."""


class RecipientUnsubscribed(Unprocessable):
    """They asked not to be written to. Answering what they write is still possible."""


class MailTooLarge(TooLarge):
    """The attachments are larger than mail servers accept: 25 MB together."""


class SendAtTooLate(Unprocessable):
    """A mail can be sent up to one year from now."""


class UnsubscribeLinkInvalid(Unprocessable):
    """This link is not one of ours, or is damaged."""
