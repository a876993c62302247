"""What the edge takes and gives about people, sessions, keys, teams, audit and the workspace."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, SecretStr, StringConstraints

from rapport.kernel.auth.roles import Role
from rapport.kernel.emails import EmailAddress
from rapport.kernel.schemas import In, Out

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Token = Annotated[str, StringConstraints(min_length=20, max_length=200)]
LocaleTag = Annotated[
    str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35)
]


class SignInIn(In):
    """An e-mail address and a password."""

    email: str = Field(min_length=1, max_length=254)
    password: SecretStr = Field(min_length=1, max_length=2_000)
    workspace: str | None = Field(None, max_length=100)
    """The slug of one of several workspaces; left out, it is the one visited last."""


class LinkIn(In):
    """The token of a one-time sign-in link."""

    token: Token


class SignedInOut(Out):
    """A session was opened; the cookie is in the headers."""

    workspace_id: UUID
    user_id: UUID


class ResetIn(In):
    """Whose password is to be chosen anew."""

    email: str = Field(min_length=1, max_length=254)


class ResetConfirmIn(In):
    """A reset token and the new password."""

    token: Token
    password: SecretStr


class AcceptedOut(Out):
    """The request was taken; what comes of it, if anything, arrives by mail."""

    accepted: bool


class SessionOut(Out):
    """A signed-in browser."""

    id: UUID
    user_agent: str
    ip: str
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    signed_in_by: str
    """`password`, `password+code`, `passkey`, `link`, `oidc`, …; empty when it is not known."""
    current: bool
    """Whether it is the one that asks."""


class MeUserOut(Out):
    """Who is signed in. An API key shows its id and name here."""

    id: UUID
    name: str
    email: str | None
    locale: str | None
    theme: str
    has_password: bool


class WorkspaceOut(Out):
    """The workspace and all its settings, by key."""

    id: UUID
    name: str
    slug: str
    settings: dict[str, dict[str, Any]]


class MeOut(Out):
    """Who is signed in, where, and what they may do."""

    user: MeUserOut
    workspace: WorkspaceOut
    role: Role
    permissions: list[str]
    second_factor_due: bool
    """Nothing but setting up a second factor, which the workspace asks for, is open yet."""


class MeIn(In):
    """What people may change about themselves; what is left out stays."""

    name: Name | None = None
    locale: LocaleTag | None = None
    """Null follows the workspace."""
    theme: Literal["auto", "light", "dark"] | None = None


class PasswordIn(In):
    """A new password, and the old one if there is one."""

    current_password: SecretStr | None = None
    password: SecretStr


class EmailIn(In):
    """A new e-mail address, and the password if there is one."""

    email: EmailAddress
    current_password: SecretStr | None = None


class MemberOut(Out):
    """Somebody who answers customers. `id` is the user's."""

    id: UUID
    name: str
    email: str
    role: Role
    is_active: bool
    last_seen_at: datetime | None


class MemberIn(In):
    """What may change about a member."""

    role: Role | None = None
    is_active: bool | None = None


class MemberLinkOut(Out):
    """A link to pass on; it is shown once."""

    link: str


class InvitationIn(In):
    """Whom to invite, and as what."""

    email: EmailAddress
    role: Role


class InvitationOut(Out):
    """An invitation that waits for its answer."""

    id: UUID
    email: str
    role: Role
    created_at: datetime
    expires_at: datetime


class NewInvitationOut(InvitationOut):
    """A fresh invitation and its link, which is shown once."""

    link: str


class InvitationPreviewOut(Out):
    """What an invitation offers."""

    workspace_name: str
    email: str
    role: Role
    expires_at: datetime
    has_account: bool
    """Whether the password of an existing account is asked for, instead of a new one."""


class AcceptIn(In):
    """Answering an invitation. Whoever has an account gives its password; the name is then kept."""

    token: Token
    name: Name
    password: SecretStr


class ApiKeyIn(In):
    """A name to tell keys apart, and what the key may do."""

    name: Name
    role: Role


class ApiKeyOut(Out):
    """An API key, without the key."""

    id: UUID
    name: str
    prefix: str
    role: Role
    created_by: UUID
    created_at: datetime
    last_used_at: datetime | None


class NewApiKeyOut(ApiKeyOut):
    """A fresh API key, which is shown once."""

    key: str


class TeamIn(In):
    """What a team is called."""

    name: Name


class TeamMembersIn(In):
    """Who is in a team from now on."""

    user_ids: list[UUID] = Field(max_length=500)


class TeamOut(Out):
    """A team and who is in it."""

    id: UUID
    name: str
    member_ids: list[UUID]


class DeedOut(Out):
    """One audit record."""

    id: UUID
    seq: int
    at: datetime
    verb: str
    subject: str
    subject_name: str
    actor: str
    actor_name: str
    details: dict[str, Any]
    hash: str


class VerdictOut(Out):
    """Whether the audit record is as it was written."""

    intact: bool
    records: int
    broken_at: int | None
    head: str


class WorkspaceIn(In):
    """What may change about a workspace; settings by key, then by field."""

    name: Name | None = None
    settings: dict[str, dict[str, Any]] | None = None
