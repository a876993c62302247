"""Where providers of mail let somebody sign in by OAuth, and what is asked of them."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Endpoints:
    """A provider's OAuth: where people agree, where codes become tokens, and for what."""

    authorize_url: str
    token_url: str
    scope: str
    options: tuple[tuple[str, str], ...] = ()
    """What else stands in the address that people visit."""


GOOGLE: Final = Endpoints(
    authorize_url="https://accounts.google.com/o/oauth2/v2/auth",
    token_url="https://oauth2.googleapis.com/token",  # noqa: S106 - an address
    scope="https://mail.google.com/",
    # Without both, Google gives a refresh token the first time only.
    options=(("access_type", "offline"), ("prompt", "consent")),
)
MICROSOFT: Final = Endpoints(
    authorize_url="https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
    token_url="https://login.microsoftonline.com/common/oauth2/v2.0/token",  # noqa: S106
    scope="https://outlook.office.com/IMAP.AccessAsUser.All "
    "https://outlook.office.com/SMTP.Send offline_access",
    options=(("prompt", "select_account"),),
)
BY_PROVIDER: Final = {"google": GOOGLE, "microsoft": MICROSOFT}
