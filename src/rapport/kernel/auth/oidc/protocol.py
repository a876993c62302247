"""OpenID Connect: what we ask a provider, and what we believe of its answers.

Authorisation code with PKCE (RFC 7636, S256), state and nonce; the ID token's signature, issuer,
audience, times and nonce are checked. Every request goes out by `kernel.egress`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

import httpx
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from rapport.kernel.auth.errors import ProviderFaulty, ProviderRefused
from rapport.kernel.errors import Unreachable
from rapport.kernel.urls import is_web_address

WELL_KNOWN: Final = "/.well-known/openid-configuration"
SCOPE: Final = "openid email profile"
ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA")
"""Signatures by a key that only the provider has: never `none`, never one with our own secret."""
MAX_BYTES: Final = 1024 * 1024
LEEWAY_S: Final = 60


@dataclass(frozen=True, slots=True)
class Endpoints:
    """How a provider describes itself (OpenID Connect Discovery, RFC 8414, RFC 9207)."""

    issuer: str
    authorization: str
    token: str
    keys: str
    names_itself: bool
    """Whether its answers carry `iss`, so that one without it is not its own."""
    takes_basic: bool
    """Whether it takes the client's secret in the Authorization header."""


@dataclass(frozen=True, slots=True)
class Client:
    """What a provider knows us by."""

    id: str
    secret: str | None
    redirect_uri: str


@dataclass(frozen=True, slots=True)
class Journey:
    """What must come back as it was sent."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Person:
    """Whom the provider has recognised."""

    issuer: str
    subject: str
    email: str
    is_verified: bool
    """Whether the provider says that the address is theirs."""
    name: str


async def discover(http: httpx.AsyncClient, issuer: str) -> Endpoints:
    """What the provider at `issuer` says of itself.

    Raises:
        ProviderFaulty: it names another issuer, or lacks what we need.
        Unreachable: it did not answer.
        AddressRefused: it is on a private address that was not allowed.
    """
    found = await _get(http, issuer.rstrip("/") + WELL_KNOWN)
    if found.get("issuer") != issuer:
        raise ProviderFaulty(f"{issuer} calls itself {str(found.get('issuer'))[:200]!r}.")
    methods = found.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    return Endpoints(
        issuer=issuer,
        authorization=_address(found, "authorization_endpoint", issuer),
        token=_address(found, "token_endpoint", issuer),
        keys=_address(found, "jwks_uri", issuer),
        names_itself=found.get("authorization_response_iss_parameter_supported") is True,
        takes_basic=isinstance(methods, list) and "client_secret_basic" in methods,
    )


def address_to_visit(endpoints: Endpoints, client: Client, journey: Journey) -> str:
    """Where the browser goes to be recognised."""
    return str(
        prepare_grant_uri(
            endpoints.authorization,
            client.id,
            "code",
            redirect_uri=client.redirect_uri,
            scope=SCOPE,
            state=journey.state,
            nonce=journey.nonce,
            code_challenge=create_s256_code_challenge(journey.verifier),
            code_challenge_method="S256",
        )
    )


async def recognise(
    http: httpx.AsyncClient,
    endpoints: Endpoints,
    client: Client,
    journey: Journey,
    *,
    code: str,
    now: datetime,
) -> Person:
    """Whom a code stands for.

    Raises:
        ProviderRefused: the code, or the ID token that it brought, is not good.
        Unreachable: the provider did not answer.
    """
    tokens = await _redeem(http, endpoints, client, journey, code)
    keys = await _get(http, endpoints.keys)
    claims = _believed(tokens, keys, endpoints, client, journey, now)
    email, verified = claims.get("email"), claims.get("email_verified")
    return Person(
        issuer=endpoints.issuer,
        subject=str(claims["sub"])[:255],
        email=email.strip() if isinstance(email, str) else "",
        is_verified=verified is True or verified == "true",
        name=str(claims.get("name") or "").strip()[:120],
    )


async def _redeem(
    http: httpx.AsyncClient, endpoints: Endpoints, client: Client, journey: Journey, code: str
) -> dict[str, Any]:
    body = prepare_token_request(
        "authorization_code",
        redirect_uri=client.redirect_uri,
        code=code,
        code_verifier=journey.verifier,
    )
    headers = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
    method = "client_secret_basic" if endpoints.takes_basic else "client_secret_post"
    auth = ClientAuth(client.id, client.secret, method if client.secret else "none")
    url, headers, body = auth.prepare("POST", endpoints.token, headers, body)
    answer = await _send(http, "POST", url, headers=headers, content=body)
    if answer.is_client_error:
        raise ProviderRefused("The identity provider did not accept the code or our secret.")
    return _read(answer)


def _believed(
    tokens: Mapping[str, Any],
    keys: Mapping[str, Any],
    endpoints: Endpoints,
    client: Client,
    journey: Journey,
    now: datetime,
) -> dict[str, Any]:
    """The claims of an ID token whose signature and claims are as they must be."""
    text = tokens.get("id_token")
    if not isinstance(text, str) or len(text) > MAX_BYTES:
        raise ProviderRefused
    try:
        key_set = KeySet.import_key_set(cast("Any", keys))
        token = jwt.decode(text, key_set, algorithms=list(ALGORITHMS))
        claims = CodeIDToken(
            token.claims,
            token.header,
            {
                "iss": {"essential": True, "value": endpoints.issuer},
                "aud": {"essential": True, "value": client.id},
            },
            {
                "nonce": journey.nonce,
                "client_id": client.id,
                "access_token": tokens.get("access_token"),
            },
        )
        claims.validate(now=int(now.timestamp()), leeway=LEEWAY_S)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ProviderRefused from error
    if not isinstance(claims["sub"], str) or not claims["sub"]:
        raise ProviderRefused
    return dict(claims)


async def _get(http: httpx.AsyncClient, url: str) -> dict[str, Any]:
    answer = await _send(http, "GET", url, headers={"accept": "application/json"})
    return _read(answer)


async def _send(http: httpx.AsyncClient, method: str, url: str, **values: Any) -> httpx.Response:
    try:
        return await http.request(method, url, **values)
    except httpx.HTTPError as error:
        raise Unreachable("The identity provider did not answer.") from error


def _read(answer: httpx.Response) -> dict[str, Any]:
    if answer.is_server_error:
        raise Unreachable(f"The identity provider answered with {answer.status_code}.")
    try:
        found = json.loads(answer.content) if answer.status_code == 200 else None
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise ProviderFaulty(f"{answer.request.url} did not answer with a JSON object.")
    return found


def _address(found: Mapping[str, Any], name: str, issuer: str) -> str:
    url = found.get(name)
    if not isinstance(url, str) or not is_web_address(url):
        raise ProviderFaulty(f"{issuer} has no {name}.")
    if issuer.startswith("https://") and not url.startswith("https://"):
        raise ProviderFaulty(f"{issuer} has a {name} without HTTPS.")
    return url
