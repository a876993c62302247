"""What the edge takes and gives about second factors, passkeys and identity providers."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, SecretStr, StringConstraints

from rapport.kernel.auth.roles import Role
from rapport.kernel.auth.schemas import Name, Token
from rapport.kernel.schemas import In, Out
from rapport.kernel.urls import WebAddress

Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=6, max_length=40)]
LocalPath = Annotated[str, StringConstraints(pattern=r"^/([^/\\\s][^\\\s]*)?$", max_length=2_000)]
"""A page of our own: never another site's address in disguise."""
Domain = Annotated[
    str,
    StringConstraints(
        pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$",
        strip_whitespace=True,
        to_lower=True,
        max_length=253,
    ),
]


class DoorOut(Out):
    """An identity provider on the sign-in page."""

    id: UUID
    name: str


class WaysOut(Out):
    """How one can sign in here, besides e-mail address and password."""

    passkeys: bool
    providers: list[DoorOut]


class CodeIn(In):
    """The second step of signing in: a code of the authenticator, or a recovery code."""

    ticket: Token
    code: Code


class ConfirmIn(In):
    """The password, once more; it may be left out just after signing in."""

    password: SecretStr | None = Field(None, max_length=2_000)


class SetUpOut(Out):
    """What an authenticator needs; it is shown once."""

    secret: str
    uri: str
    qr_svg: str


class EnableIn(In):
    """A code that shows that the authenticator works."""

    code: Code


class DisableIn(ConfirmIn):
    """A code, and the password once more."""

    code: Code


class RecoveryCodesOut(Out):
    """Ten codes that each work once; they are shown once."""

    codes: list[str]


class PasskeyOptionsOut(Out):
    """What `navigator.credentials` is asked for, as WebAuthn's JSON describes it."""

    options: dict[str, Any]


class PasskeySignInIn(In):
    """What `navigator.credentials.get` answered, as WebAuthn's JSON describes it."""

    credential: dict[str, Any]
    workspace: str | None = Field(None, max_length=100)
    """The slug of one of several workspaces; left out, it is the one visited last."""


class PasskeyIn(In):
    """What `navigator.credentials.create` answered, and what its person calls it."""

    name: Name
    credential: dict[str, Any]


class PasskeyNameIn(In):
    """What a passkey is called."""

    name: Name


class PasskeyOut(Out):
    """A passkey of one's own."""

    id: UUID
    name: str
    created_at: datetime
    last_used_at: datetime | None


class LinkedIdentityOut(Out):
    """Somebody at an identity provider who is oneself."""

    id: UUID
    issuer: str
    email: str
    created_at: datetime
    last_used_at: datetime | None


class SecurityOut(Out):
    """How one signs in."""

    has_password: bool
    second_factor_enabled_at: datetime | None
    recovery_codes_left: int
    passkeys: list[PasskeyOut]
    passkeys_possible: bool
    """Whether browsers offer passkeys at our address."""
    identities: list[LinkedIdentityOut]
    providers: list[DoorOut]
    """Where one can connect."""
    required: bool
    """Whether the workspace asks everybody for a second factor."""
    is_fresh: bool
    """Whether one has just signed in, so that the password is not asked for again."""


class JourneyIn(In):
    """The page to come back to."""

    to: LocalPath = "/inbox"


class JourneyOut(Out):
    """Where the browser goes now."""

    url: str


class ProviderIn(In):
    """The OpenID provider to trust."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
    """What the button says."""
    issuer: WebAddress
    """Exactly as the provider writes it."""
    client_id: Annotated[str, StringConstraints(min_length=1, max_length=300)]
    client_secret: SecretStr | None = Field(None, max_length=2_000)
    """Left out, the known one stays, if the issuer does."""
    email_domains: list[Domain] = Field(default_factory=list, max_length=50)
    joins_as: Literal[Role.ADMIN, Role.AGENT, Role.LIGHT_AGENT] | None = None
    checks_second_factor: bool = False
    is_enabled: bool = True


class ProviderOut(Out):
    """The OpenID provider that the workspace trusts."""

    id: UUID
    name: str
    issuer: str
    client_id: str
    has_secret: bool
    email_domains: list[str]
    joins_as: Role | None
    checks_second_factor: bool
    is_enabled: bool
    redirect_uri: str
    """What the provider must be told, exactly."""


class ProviderCheckIn(In):
    """An issuer to ask."""

    issuer: WebAddress


class ProviderCheckOut(Out):
    """What a provider says of itself."""

    issuer: str
    authorization: str
    token: str
    keys: str
