"""Refusals of signing in and of managing people."""

from rapport.kernel.errors import Conflict, Forbidden, NotFound, Unauthenticated, Unprocessable


class SignInRefused(Unauthenticated):
    """The e-mail address or the password is not right."""


class LinkInvalid(Unauthenticated):
    """This link is not valid any more; ask for a new one."""


class ForeignOrigin(Forbidden):
    """The request comes from another site."""


class PasswordTooWeak(Unprocessable):
    """This password is too easy to guess."""


class InvitationNotFound(NotFound):
    """This invitation is not valid any more; ask for a new one."""


class AccountExists(Conflict):
    """There is an account with this address that has no password; set one there first."""


class AlreadyMember(Conflict):
    """This person is already a member of the workspace."""


class MemberNotFound(NotFound):
    """There is no such member in this workspace."""


class LastOwner(Conflict):
    """A workspace keeps at least one active owner."""


class RoleTooHigh(Forbidden):
    """You cannot give, take or touch a role above your own."""


class ApiKeyNotFound(NotFound):
    """There is no such API key in this workspace."""


class SessionNotFound(NotFound):
    """There is no such session of yours."""


class TeamNotFound(NotFound):
    """There is no such team in this workspace."""


class TeamNameTaken(Conflict):
    """Another team already has this name."""


class PeopleOnly(Forbidden):
    """This belongs to a person; an API key cannot use it."""


class SecondFactorNeeded(Unauthenticated):
    """Now give the code of your authenticator, or use a passkey."""

    def __init__(self, ticket: str, methods: str) -> None:
        """`ticket` continues this sign-in for some minutes; `methods` are `code` and `passkey`."""
        super().__init__()
        self.fields = {"ticket": ticket, "methods": methods}


class SecondFactorDue(Forbidden):
    """This workspace asks for a second factor; set one up first."""


class CodeRefused(Unauthenticated):
    """This code is not right, or was used before."""


class TicketInvalid(Unauthenticated):
    """This sign-in took too long; start again."""


class ConfirmationNeeded(Conflict):
    """Give your password again, or sign in again, to change how you sign in."""


class SecondFactorExists(Conflict):
    """You have an authenticator already; take it away first."""


class SecondFactorMissing(Conflict):
    """There is no authenticator set up."""


class SecondFactorRequired(Conflict):
    """This workspace asks for a second factor; keep at least one."""


class PasskeyRefused(Unauthenticated):
    """This passkey was not accepted."""


class PasskeyKnown(Conflict):
    """This passkey is set up already."""


class PasskeyNotFound(NotFound):
    """There is no such passkey of yours."""


class PasskeysImpossible(Conflict):
    """Passkeys need HTTPS and a name: set RAPPORT_PUBLIC_URL."""


class ProviderNotFound(NotFound):
    """There is no such identity provider."""


class ProviderFaulty(Unprocessable):
    """The identity provider does not describe itself as OpenID Connect asks."""


class ProviderRefused(Unauthenticated):
    """What the identity provider said was not accepted."""


class IdentityUnknown(Unauthenticated):
    """Nobody here belongs to this identity; ask for an invitation."""


class IdentityNotLinked(Unauthenticated):
    """There is an account with this address; sign in to it and connect it there."""


class ProviderIdentityTaken(Conflict):
    """This identity belongs to another member."""


class IdentityNotFound(NotFound):
    """There is no such connection of yours."""
