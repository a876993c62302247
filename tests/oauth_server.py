"""A provider's token endpoint, and the introspection that its mail server asks (RFC 6749, 7662)."""

import json
import secrets
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import parse_qs

CLIENT: Final = "rapport-test"
CLIENT_SECRET: Final = "kept by the provider"


class OAuthServer:
    """Gives access tokens for refresh tokens. A context manager, in a thread of its own."""

    def __init__(self) -> None:
        self.refresh_tokens: dict[str, str] = {}
        """Whose each refresh token is."""
        self.access_tokens: dict[str, str] = {}
        """Whose each access token is that is good."""
        self.changes_refresh_tokens = False
        """Whether a refresh token is good once, and the answer brings the next."""
        self.lasts_s: int | str = 3_600
        self.answer: tuple[int, dict[str, Any] | bytes] | None = None
        """What it answers whatever it is asked."""
        self.asked = 0
        self._turn = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def pair(self) -> str:
        """What an administrator must allow."""
        return f"127.0.0.1:{self.port}"

    @property
    def token_url(self) -> str:
        return f"http://{self.pair}/token"

    @property
    def introspection_url(self) -> str:
        return f"http://{self.pair}/introspect"

    def sign_in(self, user: str) -> str:
        """A refresh token, as somebody gets it who agrees in the browser."""
        token = f"refresh-{secrets.token_urlsafe(8)}"
        self.refresh_tokens[token] = user
        return token

    def end_all(self) -> None:
        """Let no access token be good any more."""
        self.access_tokens.clear()

    def reply(self, path: str, form: dict[str, str]) -> tuple[int, dict[str, Any] | bytes]:
        """Status and body."""
        if path == "/introspect":
            user = self.access_tokens.get(form.get("token", ""))
            return 200, {"active": user is not None, "username": user or ""}
        with self._turn:
            self.asked += 1
            return self.answer or self._token(form)

    def _token(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT, CLIENT_SECRET):
            return 401, {"error": "invalid_client"}
        shown = form.get("refresh_token", "")
        user = self.refresh_tokens.get(shown)
        if form.get("grant_type") != "refresh_token" or user is None:
            return 400, {"error": "invalid_grant"}
        token = f"access-{secrets.token_urlsafe(8)}"
        self.access_tokens[token] = user
        answer = {"access_token": token, "token_type": "Bearer", "expires_in": self.lasts_s}
        if self.changes_refresh_tokens:
            del self.refresh_tokens[shown]
            answer["refresh_token"] = self.sign_in(user)
        return 200, answer


def _handler(server: OAuthServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("content-length", 0))
            form = {
                name: value[0] for name, value in parse_qs(self.rfile.read(length).decode()).items()
            }
            status, said = server.reply(self.path.partition("?")[0], form)
            body = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    return Handler
