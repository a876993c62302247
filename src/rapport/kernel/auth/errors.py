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
