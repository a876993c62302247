"""What can go wrong between us and an IMAP server."""


class ImapError(Exception):
    """The server does not do what was asked, or does it badly. Its text is what the server said."""


class Disconnected(ImapError, ConnectionError):
    """The connection ended: closed, broken, or said goodbye to."""


class Nonsense(ImapError):
    """What came is no IMAP, or more than we are willing to read."""


class StartTlsMissing(ImapError):
    """The server does not offer STARTTLS."""


class LoginMissing(ImapError):
    """The server does not offer the way to sign in that was chosen."""


class Refused(ImapError):
    """The server understood, and said no."""


class LoginRefused(Refused):
    """The server does not let this user in with what was shown."""


class FolderMissing(Refused):
    """There is no such folder, or it may not be read."""
