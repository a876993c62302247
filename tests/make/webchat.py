"""Web chats, and browsers that visit them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
from joserfc import jwt
from joserfc.jwk import OctKey

from rapport.channels.webchat import service as webchats
from rapport.channels.webchat.schemas import WebChatPatch
from rapport.kernel.context import SYSTEM
from rapport.kernel.database.engine import Database
from rapport.kernel.ids import new_id
from tests.conftest import Clock


@dataclass(frozen=True)
class Chat:
    """A web chat of a workspace."""

    workspace_id: UUID
    inbox_id: UUID
    key: str
    secret: str


async def chat(database: Database, workspace: UUID, **patch: Any) -> Chat:
    """A new web chat with an identity secret; `patch` are settings as an agent sends them."""
    async with database.begin(workspace, SYSTEM) as ctx:
        made = await webchats.create(ctx, name="Shop")
        secret = await webchats.renew_identity_secret(ctx, made.id)
        if patch:
            await webchats.change(ctx, made.id, WebChatPatch(**patch))
    return Chat(workspace, made.id, made.key, secret)


def proof(chat: Chat, clock: Clock, **claims: Any) -> str:
    """A web site's word for who its visitor is, good for an hour."""
    said = {"sub": "ada-1", "exp": int(clock().timestamp()) + 3600} | claims
    kept = {name: value for name, value in said.items() if value is not None}
    return jwt.encode({"alg": "HS256"}, kept, OctKey.import_key(chat.secret))


class Browser:
    """A visitor's browser: keeps its token, speaks `/widget/v1`."""

    def __init__(self, http: httpx.AsyncClient, chat: Chat) -> None:
        self.http = http
        self.chat = chat
        self.token = ""
        self.customer_id: UUID | None = None

    @property
    def headers(self) -> dict[bytes, bytes]:
        return {b"authorization": f"Bearer {self.token}".encode("latin-1")} if self.token else {}

    async def call(self, method: str, path: str, **request: Any) -> httpx.Response:
        extra = {k.encode(): v.encode() for k, v in request.pop("headers", {}).items()}
        headers = self.headers | extra
        return await self.http.request(method, f"/widget/v1{path}", headers=headers, **request)

    async def arrive(self, **body: Any) -> httpx.Response:
        known = {"token": self.token} if self.token else {}
        answer = await self.call("POST", "/session", json={"key": self.chat.key} | known | body)
        if answer.is_success:
            self.token = answer.json()["token"]
            self.customer_id = UUID(answer.json()["visitor"]["id"])
        return answer

    async def begin(self, body: str = "Where is my parcel?", **more: Any) -> httpx.Response:
        message = {"client_id": str(new_id()), "body": body, "attachment_ids": []} | more
        return await self.call("POST", "/conversations", json=message)

    async def say(self, conversation_id: str, body: str = "Hello?", **more: Any) -> httpx.Response:
        message = {"client_id": str(new_id()), "body": body, "attachment_ids": []} | more
        return await self.call("POST", f"/conversations/{conversation_id}/messages", json=message)

    async def messages(self, conversation_id: str) -> list[dict[str, Any]]:
        answer = await self.call("GET", f"/conversations/{conversation_id}/messages")
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def upload(
        self, name: str = "a.txt", content: bytes = b"hello", content_type: str = "text/plain"
    ) -> httpx.Response:
        files = {"file": (name, content, content_type)}
        return await self.call("POST", "/files", files=files)
