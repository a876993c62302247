"""What this room refuses."""

from rapport.kernel.errors import Conflict, Malformed, NotFound


class ExportNotFound(NotFound):
    """There is no such export."""


class ExportNotReady(Conflict):
    """The export is not ready, or is gone already; ask for a new one."""


class ErasureNotFound(NotFound):
    """There is no such erasure."""


class ConfirmationDiffers(Malformed):
    """What you typed is not the name of whom you want to erase."""


class RuleNotFound(NotFound):
    """There is no such retention rule."""


class RuleExists(Conflict):
    """There is a rule for this already; change that one."""


class RuleUnknown(Malformed):
    """There is nothing of this kind to keep, or it cannot be dealt with in this way."""
