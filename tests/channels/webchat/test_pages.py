"""The widget's files: found, cached, compressed, and framed only where they may be."""

import gzip
from pathlib import Path

import httpx
import pytest
from starlette.types import ASGIApp

from rapport.kernel.database.engine import Database
from tests.make.auth import browser
from tests.make.webchat import Chat, chat


@pytest.fixture
def build(tmp_path: Path) -> Path:
    folder = tmp_path / "widget"
    (folder / "assets").mkdir(parents=True)
    (folder / "widget.js").write_text("launch()")
    (folder / "frame.html").write_text("<!doctype html><title>Chat</title>")
    (folder / "assets" / "frame-abc.js").write_text("draw()")
    (folder / "assets" / "frame-abc.js.gz").write_bytes(gzip.compress(b"draw()"))
    (tmp_path / "secret.txt").write_text("secret")
    return folder


async def fetch(app: ASGIApp, path: str, **headers: str) -> httpx.Response:
    async with browser(app) as http:
        return await http.get(path, headers=headers)


async def test_the_script_may_be_loaded_by_every_site_and_is_soon_renewed(
    app: ASGIApp, build: Path
) -> None:
    answer = await fetch(app, "/widget.js")

    assert answer.text == "launch()"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert "max-age=300" in answer.headers["cache-control"]


async def test_assets_are_kept_for_ever_and_sent_compressed(app: ASGIApp, build: Path) -> None:
    answer = await fetch(app, "/widget/assets/frame-abc.js", **{"accept-encoding": "gzip"})
    bare = await fetch(app, "/widget/assets/frame-abc.js", **{"accept-encoding": "identity"})

    assert answer.text == bare.text == "draw()"
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["vary"] == "accept-encoding"
    assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize(
    "path",
    [
        "/widget/assets/nothing.js",
        "/widget/assets/..%2f..%2fsecret.txt",
        "/widget/assets/%2e%2e/%2e%2e/secret.txt",
        "/widget/assets/..%5csecret.txt",
        "/widget/assets/",
    ],
)
async def test_nothing_outside_the_build_is_served(app: ASGIApp, build: Path, path: str) -> None:
    answer = await fetch(app, path)

    assert answer.status_code == 404
    assert "secret" not in answer.text


async def test_the_frame_runs_its_own_files_only(app: ASGIApp, build: Path, shop: Chat) -> None:
    answer = await fetch(app, f"/widget/frame?key={shop.key}")

    policy = answer.headers["content-security-policy"]
    assert "Chat" in answer.text
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert policy.endswith("frame-ancestors *")


async def test_the_frame_is_shown_only_on_the_sites_that_were_named(
    app: ASGIApp, build: Path, database: Database, shop: Chat
) -> None:
    closed = await chat(database, shop.workspace_id, allowed_origins=["https://Shop.example:443/"])

    answer = await fetch(app, f"/widget/frame?key={closed.key}")

    policy = answer.headers["content-security-policy"]
    assert policy.endswith("frame-ancestors 'self' https://shop.example")


async def test_an_unbuilt_widget_says_so(app: ASGIApp) -> None:
    answer = await fetch(app, "/widget.js")

    assert (answer.status_code, "make setup" in answer.text) == (503, True)
