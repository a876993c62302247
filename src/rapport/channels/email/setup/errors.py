"""What setting up a mailbox with a provider or the DNS may be refused for."""

from rapport.kernel.errors import Conflict, Unprocessable


class DkimKeyMissing(Conflict):
    """Make a key first: there is nothing to sign with."""


class DkimNotPublished(Conflict):
    """The DNS does not show the key yet; a new record may take an hour to be seen everywhere."""


class MailProviderUnknown(Unprocessable):
    """Say which provider it is, or the addresses where it lets people sign in."""


class MailSignInRefused(Unprocessable):
    """The provider did not let us in; begin again, and agree when it asks."""


class MailSignInExpired(Unprocessable):
    """This sign-in was begun too long ago, by somebody else, or was used already; begin again."""
