"""An OpenID provider for tests: discovery, keys, authorisation, tokens, and ways to cheat."""

import base64
import hashlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from rapport.kernel.auth.tokens import new_token
from rapport.kernel.ids import new_id
from tests.make.serving import listening

CLIENT_ID = "rapport-client"
CLIENT_SECRET = "a secret of the client"


@dataclass
class Provider:
    """Recognises one person. `cheat` changes what a token claims; the switches change the rest."""

    now: Callable[[], datetime]
    issuer: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    cheat: dict[str, Any] = field(default_factory=dict)
    description: dict[str, Any] = field(default_factory=dict)
    """What discovery says besides, or instead."""
    algorithm: str = "RS256"
    answers_as: str | None = None
    """The `iss` beside the code (RFC 9207); None leaves it out."""
    forgets: frozenset[str] = frozenset()
    """Claims that are missing."""

    def __post_init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
        self.other = ECKey.generate_key("P-256", {"kid": "one"})
        self.codes: dict[str, dict[str, str]] = {}
        self.token_requests: list[dict[str, str]] = []
        self.claims = {
            "sub": "person-1",
            "email": f"{new_id()}@corp.example",
            "email_verified": True,
            "name": "Nora New",
        } | self.claims

    @property
    def app(self) -> Starlette:
        """Its pages."""
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self.discovery),
                Route("/authorize", self.authorize),
                Route("/token", self.token, methods=["POST"]),
                Route("/keys", self.keys),
            ]
        )

    async def discovery(self, _: Request) -> Response:
        """OpenID Connect Discovery 1.0."""
        return JSONResponse(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
            }
            | self.description
        )

    async def keys(self, _: Request) -> Response:
        """The public keys."""
        return JSONResponse(KeySet([self.key]).as_dict(private=False))

    async def authorize(self, request: Request) -> Response:
        """Recognises whoever asks, without a question."""
        return RedirectResponse(self.back(str(request.url)), 302)

    def back(self, url: str) -> str:
        """Where a browser that was sent to `url` is sent back to."""
        asked = dict(parse_qsl(urlsplit(url).query))
        assert asked["code_challenge_method"] == "S256"
        code = new_token()
        self.codes[code] = asked
        answer = {"code": code, "state": asked["state"]}
        if self.answers_as is not None:
            answer["iss"] = self.answers_as
        return f"{asked['redirect_uri']}?{urlencode(answer)}"

    async def token(self, request: Request) -> Response:
        """Exchanges a code, once, for whoever knows the secret and the verifier."""
        form = {k: v[0] for k, v in parse_qs((await request.body()).decode()).items()}
        self.token_requests.append(form)
        asked = self.codes.pop(form.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(
            hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        ).rstrip(b"=")
        basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        is_right = (
            asked is not None
            and asked["code_challenge"] == challenge.decode()
            and asked["redirect_uri"] == form.get("redirect_uri")
            and request.headers.get("authorization") == f"Basic {basic}"
        )
        if asked is None or not is_right:
            return JSONResponse({"error": "invalid_grant"}, 400)
        token = {"access_token": new_token(), "token_type": "Bearer"}
        return JSONResponse(token | {"id_token": self.id_token(asked["nonce"])})

    def id_token(self, nonce: str) -> str:
        """An ID token, as honest as the test lets it be."""
        now = int(self.now().timestamp())
        times = {"iat": now, "exp": now + 300}
        claims = {"iss": self.issuer, "aud": CLIENT_ID, "nonce": nonce} | times | self.claims
        claims = {k: v for k, v in (claims | self.cheat).items() if k not in self.forgets}
        header = {"alg": self.algorithm, "kid": "one"}
        if self.algorithm == "none":
            parts = (json.dumps(part).encode() for part in (header, claims))
            body = ".".join(base64.urlsafe_b64encode(p).rstrip(b"=").decode() for p in parts)
            return f"{body}."
        keys: dict[str, Any] = {
            "HS256": OctKey.import_key(CLIENT_SECRET),
            "ES256": self.other,
            "RS256": self.key,
        }
        return jwt.encode(header, claims, keys[self.algorithm], algorithms=[self.algorithm])


@asynccontextmanager
async def running(provider: Provider) -> AsyncIterator[Provider]:
    """The provider at an address of its own on this machine."""
    async with listening(provider.app) as port:
        provider.issuer = f"http://127.0.0.1:{port}"
        yield provider
