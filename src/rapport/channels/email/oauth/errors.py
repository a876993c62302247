"""What a provider may refuse."""

from rapport.kernel.errors import Conflict


class OAuthRefused(Conflict):
    """The provider does not let us into this mailbox any more; sign in there again."""
