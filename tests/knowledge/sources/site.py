"""A web site on the loopback: pages by their paths, and who asked for what."""

import asyncio
from dataclasses import dataclass, field
from typing import Self

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from rapport.knowledge.sources.web.fetching import Web
from tests.make.serving import listening


@dataclass
class Answer:
    """What is answered; `hangs` never, until the site ends."""

    body: str | bytes = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    etag: str = ""
    hangs: bool = False


class Site:
    """A site on a free port, for `async with`. What is not there is 404."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []
        """Paths with their queries, in order; a request that gets 304 has ` 304` behind it."""
        self.agents: set[str] = set()
        self.cookies: set[str] = set()
        self.port = 0
        self.hanging = asyncio.Event()
        """Somebody waits for an answer that does not come."""
        self._ends = asyncio.Event()

    def page(
        self,
        path: str,
        title: str = "",
        body: str = "",
        *links: str,
        head: str = "",
        etag: str = "",
    ) -> None:
        """Put up a page with a main part, and a menu with links."""
        menu = "".join(f'<li><a href="{link}">Topic {n}</a></li>' for n, link in enumerate(links))
        html = (
            f"<!doctype html><html><head><title>{title} | Tarn</title>{head}</head><body>"
            f"<nav><ul>{menu}</ul></nav><main><h1>{title}</h1>{body}</main>"
            "<footer>Imprint and privacy</footer></body></html>"
        )
        self.put(path, html, etag=etag)

    def put(self, path: str, body: str | bytes, *, etag: str = "", **headers: str) -> None:
        """Put anything up; HTML where `content_type` does not say otherwise."""
        said = {"content-type": "text/html; charset=utf-8"}
        said |= {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[path] = Answer(body, headers=said, etag=etag)

    @property
    def pair(self) -> str:
        """What an administrator must allow, and the host of the site's addresses."""
        return f"127.0.0.1:{self.port}"

    def url(self, path: str = "/") -> str:
        return f"http://{self.pair}{path}"

    def web(self, **over: object) -> Web:
        """The web for a crawl of this site: without delay, unless a test asks for it."""
        return Web((self.pair,), **{"delay_s": 0.0, **over})  # type: ignore[arg-type]

    @property
    def visited(self) -> list[str]:
        """What was asked for besides robots.txt."""
        return [path for path in self.asked if path != "/robots.txt"]

    async def __aenter__(self) -> Self:
        app = Starlette(routes=[Route("/{path:path}", self._answer)])
        self._served = listening(app)
        self.port = await self._served.__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._ends.set()
        await self._served.__aexit__(None, None, None)

    async def _answer(self, request: Request) -> Response:
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        self.agents.add(request.headers.get("user-agent", ""))
        self.cookies.add(request.headers.get("cookie", ""))
        found = self.answers.get(path)
        if found is None:
            self.asked.append(path)
            return Response("Not found", 404)
        if found.etag and request.headers.get("if-none-match") == found.etag:
            self.asked.append(f"{path} 304")
            return Response(status_code=304, headers={"etag": found.etag})
        self.asked.append(path)
        if found.hangs:
            self.hanging.set()
            await self._ends.wait()
        headers = found.headers | ({"etag": found.etag} if found.etag else {})
        if isinstance(found.body, bytes) and len(found.body) > 1_000_000:
            return StreamingResponse(iter([found.body]), found.status, headers)
        return Response(found.body, found.status, headers)
