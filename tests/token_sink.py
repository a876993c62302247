"""A mail server that lets nobody in but by access tokens, as Gmail's does (XOAUTH2)."""

import base64
import json
from dataclasses import dataclass, field
from typing import Final

from aiosmtpd.smtp import SMTP, AuthResult

from tests.oauth_server import OAuthServer
from tests.sink import Sink

NOT_ACCEPTED: Final = "535 5.7.8 Username and Password not accepted. gsmtp"
_CHALLENGE: Final = {"status": "401", "schemes": "bearer", "scope": "https://mail.google.com/"}


@dataclass
class TokenSink(Sink):
    """Asks the provider whose a token is. One that is refused is told why in a challenge, as JSON
    in base64; the client answers with an empty line and is refused then."""

    provider: OAuthServer = field(default_factory=OAuthServer)
    refusal: str = NOT_ACCEPTED
    refuses_all: bool = False
    shown: list[tuple[str, str]] = field(default_factory=list)
    """User and token, each time that somebody signed in or tried."""
    answers_to_challenges: list[bytes] = field(default_factory=list)

    def _speak(self) -> SMTP:
        self.connections += 1
        return SMTP(
            self,
            hostname="smtp.gmail.test",
            auth_required=True,
            auth_require_tls=False,
            auth_exclude_mechanism=("LOGIN", "PLAIN"),
        )

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:  # noqa: N802
        user, token = _read(args[1])
        self.shown.append((user, token))
        if not self.refuses_all and self.provider.access_tokens.get(token) == user:
            return AuthResult(success=True, handled=False)
        answer = await server.challenge_auth(json.dumps(_CHALLENGE))
        assert isinstance(answer, bytes)
        self.answers_to_challenges.append(answer)
        return AuthResult(success=False, handled=False, message=self.refusal)


def _read(shown: str) -> tuple[str, str]:
    """`user=…^Aauth=Bearer …^A^A`."""
    user, token, *rest = base64.b64decode(shown, validate=True).decode().split("\x01")
    assert rest == ["", ""]
    assert user.startswith("user=")
    assert token.startswith("auth=Bearer ")
    return user.removeprefix("user="), token.removeprefix("auth=Bearer ")
