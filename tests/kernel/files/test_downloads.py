"""Security rows 6 and 16: links are signed, expire and belong to one workspace; bytes never run."""

from pathlib import Path

import httpx
import pytest

from rapport.kernel.files import service as files
from rapport.kernel.files.errors import FileKindForbidden, ImageUnreadable, LinkRefused
from rapport.kernel.files.links import LinkSigner
from rapport.kernel.files.service import Upload
from rapport.kernel.ids import new_id
from rapport.kernel.secrets.keyring import KeyRing
from tests.conftest import Begin, Clock
from tests.make.files import animation, archive, picture, upload

SCRIPT = b"<script>alert(document.domain)</script>"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
PDF = b"%PDF-1.7\n1 0 obj << /OpenAction << /S /JavaScript /JS (app.alert(1)) >> >>\n"

NAMES = ["a.png", "a.txt", "a.html", "a.svg", "a.pdf", 'a".txt', "a\r\nx-evil: 1.txt", "a;b.gif"]
CONTENTS = [
    picture("PNG") + SCRIPT,
    picture("JPEG", comment=SCRIPT),
    picture("GIF") + SVG,
    animation("GIF") + SCRIPT,
    b"GIF89a/*" + SCRIPT + b"*/=1;",
    PDF + SCRIPT,
    archive(a_txt="x") + SCRIPT,
    b"text, and much later " + b" " * 5_000 + SCRIPT,
    SVG,
]
POLYGLOTS = [(name, content) for name in NAMES for content in CONTENTS]


@pytest.mark.parametrize(("name", "content"), POLYGLOTS)
async def test_a_polyglot_is_refused_or_comes_back_harmless(
    begin: Begin, reader: httpx.AsyncClient, name: str, content: bytes
) -> None:
    try:
        async with begin() as ctx:
            described = files.describe(ctx, await files.store(ctx, Upload(name, content)))
    except (FileKindForbidden, ImageUnreadable):
        return

    answer = await reader.get(described.url)

    inline = answer.headers["content-disposition"].startswith("inline;")
    assert answer.status_code == 200
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert answer.headers["cache-control"].startswith("private")
    assert "x-evil" not in answer.headers
    assert inline == (answer.headers["content-type"] in files.INLINE)
    if inline:
        assert b"script" not in answer.content


def test_there_are_enough_polyglots() -> None:
    assert len(POLYGLOTS) >= 40


async def test_a_link_gives_the_bytes_under_their_name(
    begin: Begin, reader: httpx.AsyncClient
) -> None:
    async with begin() as ctx:
        file = files.describe(ctx, await files.store(ctx, upload("Zoë's note.txt", b"hello")))

    answer = await reader.get(file.url)

    assert answer.content == b"hello"
    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"Zo__s note.txt\"; filename*=UTF-8''Zo%C3%AB_s%20note.txt"
    )


async def test_an_altered_cut_or_foreign_link_opens_nothing(
    begin: Begin, reader: httpx.AsyncClient, clock: Clock, tmp_path: Path
) -> None:
    async with begin() as ctx:
        file = await files.store(ctx, upload())
        url = files.describe(ctx, file).url
        foreign = LinkSigner(KeyRing(tmp_path / "foreign"))
        forged = foreign.sign(ctx.workspace_id, file.id, now=clock())
    body, key_id, mac = url.removeprefix("/files/").split(".")
    altered = [
        forged,
        forged.replace(forged.split(".")[1], key_id),
        f"/files/{body}",
        f"/files/{body}.{mac}",
        f"/files/{body}.{key_id}.",
        f"/files/.{key_id}.{mac}",
        f"/files/{body}.{key_id}.{mac[:-1]}",
        f"/files/{body}.{key_id}.{mac}=",
        f"/files/{body}.{key_id[:-1]}.{mac}",
        f"/files/{file.id}",
        *(
            f"/files/{body[:i]}{'A' if body[i] != 'A' else 'B'}{body[i + 1 :]}.{key_id}.{mac}"
            for i in range(len(body))
        ),
    ]

    statuses = {(await reader.get(url)).status_code for url in altered}

    assert statuses == {403}


async def test_a_link_expires(begin: Begin, reader: httpx.AsyncClient, clock: Clock) -> None:
    async with begin() as ctx:
        url = files.describe(ctx, await files.store(ctx, upload())).url

    clock.forward(hours=23)
    assert (await reader.get(url)).status_code == 200
    clock.forward(hours=2)
    expired = await reader.get(url)

    assert expired.status_code == 403
    assert expired.json()["code"] == "link_refused"


async def test_a_link_survives_a_new_key_and_ends_with_its_own(
    begin: Begin, reader: httpx.AsyncClient, tmp_path: Path
) -> None:
    async with begin() as ctx:
        url = files.describe(ctx, await files.store(ctx, upload())).url
    elsewhere = KeyRing(tmp_path / "keys")

    elsewhere.add()
    assert (await reader.get(url)).status_code == 200
    elsewhere.forget_old()
    restarted = LinkSigner(KeyRing(tmp_path / "keys"))

    with pytest.raises(LinkRefused):
        restarted.read(url.removeprefix("/files/"), now=ctx.now())


async def test_a_link_of_one_workspace_never_opens_a_file_of_another(
    begin: Begin, reader: httpx.AsyncClient, database: object, stranger: object, clock: Clock
) -> None:
    async with begin() as ctx:
        file = await files.store(ctx, upload())
        signer = ctx.port(LinkSigner)

    crossed = signer.sign(stranger, file.id, now=clock())  # type: ignore[arg-type]

    assert (await reader.get(crossed)).status_code == 404
    assert (
        await reader.get(signer.sign(file.workspace_id, new_id(), now=clock()))
    ).status_code == 404
