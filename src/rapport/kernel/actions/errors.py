"""Why an action was not done."""

from rapport.kernel.errors import Conflict, NotFound, Unprocessable


class UnknownAction(NotFound):
    """There is no such action, or its pack is switched off here."""


class ActionNeedsApproval(Conflict):
    """Somebody must agree before this may be done."""


class KeyReused(Conflict):
    """This idempotency key was used for the same action with other arguments."""


class ResultErased(Conflict):
    """This was done before, and what came of it has been erased since."""


class ArgumentsInvalid(Unprocessable):
    """The arguments do not fit the action."""
