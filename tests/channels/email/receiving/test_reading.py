"""Keeping messages and reading them, one by one, whatever some of them are."""

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select, text

from rapport.channels.email.envelope import Envelope, folded
from rapport.channels.email.models import RawMail
from rapport.channels.email.receiving import reading, store
from rapport.channels.email.receiving.raw import bytes_of, path_of
from rapport.channels.email.receiving.routes import router
from rapport.conversations.reading import service as conversations
from rapport.kernel import jobs
from rapport.kernel.context import SYSTEM
from rapport.kernel.files.store import FileStore
from rapport.kernel.http import install_problem_handlers
from tests.channels.email.receiving.conftest import Desk
from tests.make.auth import browser, person
from tests.make.files import picture
from tests.make.mail import letter, make_mailbox, receive


@pytest.fixture
def api(desk: Desk) -> FastAPI:
    app = FastAPI()
    app.state.database = desk.database
    install_problem_handlers(app)
    app.include_router(router, prefix="/v1")
    return app


@pytest.fixture
async def client(desk: Desk, api: FastAPI) -> httpx.AsyncClient:
    return browser(api, await person(desk.database, desk.workspace))


async def keep(desk: Desk, raw: bytes, source: str) -> object:
    async with desk.database.begin(desk.workspace, SYSTEM) as ctx:
        return await store.keep(ctx, desk.mailbox.id, source, raw, Envelope())


@pytest.mark.parametrize(
    ("address", "compared"),
    [
        (" Ada@Example.COM ", "ada@example.com"),
        ("a+tag@b.c", "a+tag@b.c"),
        ("ada@münchen.example", "ada@xn--mnchen-3ya.example"),
        ("", ""),
        ("nobody", "nobody"),
        ("odd@" + "ü" * 80, "odd@" + "ü" * 80),
    ],
)
def test_addresses_are_compared_without_case_and_as_dns_has_them(
    address: str, compared: str
) -> None:
    assert folded(address) == compared


def test_an_envelope_survives_being_kept() -> None:
    full = Envelope("", ("a@b.c", "d@e.f"), "192.0.2.1", "mx.b.c")

    assert Envelope.from_json(full.as_json()) == full
    assert Envelope.from_json(Envelope().as_json()) == Envelope()


async def test_the_same_source_is_kept_once(desk: Desk) -> None:
    first = await keep(desk, letter(desk.clock), "imap:INBOX:1:1")
    again = await keep(desk, letter(desk.clock), "imap:INBOX:1:1")

    assert first is not None
    assert again is None


async def test_a_worker_reads_what_was_kept(desk: Desk) -> None:
    await keep(desk, letter(desk.clock, message_id="<a@home.example>"), "t:1")
    answer = letter(desk.clock, "And?", In_Reply_To="<a@home.example>")
    await keep(desk, answer, "t:2")

    for _ in range(2):  # the answer waits for what it answers
        await jobs.run(desk.database, wait=False)

    (conversation,) = await desk.conversations()
    assert conversation.last_seq == 2


async def test_what_cannot_be_dealt_with_stands_in_nobodys_way(
    desk: Desk, client: httpx.AsyncClient
) -> None:
    lost = await keep(desk, letter(desk.clock), "t:1")
    await keep(desk, letter(desk.clock), "t:2")
    files = desk.database.ports.get(FileStore)
    kept = letter(desk.clock, "I was lost.")
    await files.delete(path_of(desk.workspace, lost))  # type: ignore[arg-type]

    await jobs.run(desk.database, wait=False)

    assert len(await desk.conversations()) == 1
    (shown,) = (await client.get("/v1/email/raw?state=failed")).json()["items"]
    assert (shown["id"], shown["reason"]) == (str(lost), "file_not_found")

    await files.put(path_of(desk.workspace, lost), kept)  # type: ignore[arg-type]
    answer = await client.post(f"/v1/email/raw/{lost}/retry")
    await jobs.run(desk.database, wait=False)

    assert answer.status_code == 202
    assert len(await desk.conversations()) == 2
    refused = await client.post(f"/v1/email/raw/{lost}/retry")
    assert refused.json()["code"] == "mail_not_waiting"


async def test_reading_twice_changes_nothing(desk: Desk) -> None:
    raw = await desk.get()

    await reading.read(desk.database, desk.workspace, raw.id)

    assert len(await desk.messages(raw.conversation_id)) == 1


@pytest.mark.parametrize("raw", [b"", b"\x00\xff", b"Subject: =?x?q?\r\n\r\n\x00", b"\n" * 1_000])
async def test_whatever_the_bytes_they_become_a_message(desk: Desk, raw: bytes) -> None:
    got = await desk.get(raw=raw)

    assert got.state == "stored"
    assert len(await desk.messages(got.conversation_id)) == 1


async def test_files_come_with_the_message_and_dangerous_ones_stay_behind(desk: Desk) -> None:
    raw = await desk.get(
        files=[
            ("notes.txt", "text/plain", b"Parcel 12"),
            ("game.exe", "application/octet-stream", b"MZ\x90\x00" + bytes(200)),
        ]
    )

    async with desk.database.begin(desk.workspace, SYSTEM) as ctx:
        assert raw.conversation_id is not None
        message = await conversations.message_at(ctx, raw.conversation_id, 1)
    assert [file.name for file in message.attachments] == ["notes.txt"]
    assert "attachment_withheld" in (await desk.detail(raw)).notices


async def test_pictures_of_the_text_are_shown_in_it_and_remote_ones_are_not(desk: Desk) -> None:
    raw = (
        b"From: ada@home.example\r\nTo: support@shop.example\r\nMIME-Version: 1.0\r\n"
        b"Message-ID: <p@home.example>\r\n"
        b'Content-Type: multipart/related; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/html\r\n\r\n"
        b'<p>Look: <img src="cid:one@x"><img src="https://spy.example/a.gif"></p>\r\n'
        b"--b\r\nContent-Type: image/png\r\nContent-ID: <one@x>\r\n"
        b"Content-Transfer-Encoding: binary\r\n\r\n" + picture() + b"\r\n--b--\r\n"
    )

    got = await desk.get(raw=raw)

    async with desk.database.begin(desk.workspace, SYSTEM) as ctx:
        assert got.conversation_id is not None
        message = await conversations.message_at(ctx, got.conversation_id, 1)
    assert 'src="/files/' in message.html
    assert "spy.example" not in message.html
    assert message.attachments == []
    assert "images_blocked" in (await desk.detail(got)).notices


async def test_the_html_of_a_mail_is_made_safe(desk: Desk) -> None:
    raw = await desk.get(html='<p onclick="x()">Hello<script>alert(1)</script></p>')

    (message,) = await desk.messages(raw.conversation_id)
    assert message.html.strip() == "<p>Hello</p>"


async def test_plain_text_is_no_markdown(desk: Desk) -> None:
    raw = await desk.get("# 12 *is* late\nsee https://shop.example/a_b_c.")

    (message,) = await desk.messages(raw.conversation_id)
    assert message.html.startswith("<p># 12 *is* late<br>\nsee <a ")
    assert 'href="https://shop.example/a_b_c"' in message.html


async def test_agents_see_who_really_wrote_and_get_the_message_as_it_came(
    desk: Desk, client: httpx.AsyncClient
) -> None:
    content = letter(desk.clock, "Hi\n\n> quoted", Cc="Bob <bob@home.example>")
    raw = await desk.get(raw=content)
    path = f"/v1/conversations/{raw.conversation_id}/mails"

    (mail,) = (await client.get(path)).json()["items"]
    original = await client.get(f"{path}/1/raw")

    assert mail["sender"] == {"name": "Ada Lovelace", "address": "ada@home.example"}
    assert mail["cc"] == [{"name": "Bob", "address": "bob@home.example"}]
    assert mail["verdict"]["is_authenticated"]
    assert mail["has_raw"]
    assert original.content == content
    assert original.headers["content-type"] == "message/rfc822"
    assert original.headers["content-disposition"].startswith("attachment")
    assert (await client.get(f"{path}/7/raw")).status_code == 404


async def test_details_come_in_pages_from_the_newest(desk: Desk, client: httpx.AsyncClient) -> None:
    first = await desk.get(message_id="<a@home.example>")
    for _ in range(4):
        await desk.get("more", In_Reply_To="<a@home.example>")
    path = f"/v1/conversations/{first.conversation_id}/mails"

    newest = (await client.get(path, params={"limit": 3})).json()
    rest = (await client.get(path, params={"limit": 3, "before_seq": newest["next"]})).json()

    assert [it["seq"] for it in newest["items"]] == [3, 4, 5]
    assert [it["seq"] for it in rest["items"]] == [1, 2]
    assert rest["next"] is None


async def test_a_stranger_sees_nothing_of_it(desk: Desk, stranger: object) -> None:
    raw = await desk.get()

    async with desk.database.begin(stranger, SYSTEM) as ctx:  # type: ignore[arg-type]
        assert (await ctx.session.scalars(select(RawMail))).all() == []
        await make_mailbox(ctx, address="us@stranger.example")
    assert raw.state == "stored"


async def test_the_bytes_are_kept_as_they_came(desk: Desk) -> None:
    content = letter(desk.clock, "x" * 500_000)

    raw_id = await receive(desk.database, desk.workspace, desk.mailbox, content)

    assert raw_id is not None
    files = desk.database.ports.get(FileStore)
    assert await bytes_of(files, desk.workspace, raw_id) == content
    assert (await desk.raw(raw_id)).size_bytes == len(content)


@pytest.fixture(autouse=True)
async def no_jobs_left(desk: Desk) -> None:
    async with desk.database.connect() as session:
        await session.execute(text("DELETE FROM procrastinate_jobs"))
