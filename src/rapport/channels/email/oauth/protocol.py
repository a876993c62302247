"""The one request of OAuth 2 (RFC 6749, §6) that is made again and again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import httpx

from rapport.channels.email.oauth.errors import OAuthRefused
from rapport.channels.email.settings.schemas import OAuth
from rapport.kernel.errors import Unreachable

DEFAULT_S: Final = 3_600
MAX_S: Final = 30 * 86_400
_LATER: Final = frozenset({"temporarily_unavailable", "server_error", "slow_down"})


@dataclass(frozen=True, slots=True)
class Granted:
    """What a provider gave."""

    access_token: str
    expires_at: datetime
    refresh_token: str
    """The one to use next; the same as before unless the provider changes them."""


async def refresh(client: httpx.AsyncClient, held: OAuth, *, at: datetime) -> Granted:
    """A new access token for a refresh token.

    Raises:
        OAuthRefused: it is not good any more, or we are not.
        Unreachable: the provider did not answer, or not as OAuth has it.
        AddressRefused: the provider's address is none that may be called.
    """
    form = {
        "grant_type": "refresh_token",
        "refresh_token": held.refresh_token,
        "client_id": held.client_id,
    }
    if held.client_secret:
        form["client_secret"] = held.client_secret
    headers = {"accept": "application/json"}
    response = await client.post(held.token_url, data=form, headers=headers)
    said = _json_of(response)
    if response.status_code == 200 and isinstance(token := said.get("access_token"), str):
        return Granted(
            token,
            at + timedelta(seconds=_seconds(said.get("expires_in"))),
            _text(said.get("refresh_token")) or held.refresh_token,
        )
    error = _text(said.get("error"))
    if response.status_code in {400, 401, 403} and error not in _LATER:
        raise OAuthRefused
    raise Unreachable(f"The provider's token endpoint answered with {response.status_code}.")


def _json_of(response: httpx.Response) -> dict[str, Any]:
    try:
        said = response.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _seconds(value: Any) -> int:
    """How long a token is good; some providers write the number as text."""
    try:
        return max(0, min(int(value), MAX_S))
    except (TypeError, ValueError, OverflowError):
        return DEFAULT_S
