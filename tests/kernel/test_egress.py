"""Security row 26: no address that somebody typed makes Rapport call into its own network."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import httpx
import pytest

from rapport.kernel import egress
from rapport.kernel.egress import AddressRefused, ReplyTooLarge, is_public
from rapport.kernel.errors import RapportError, Unreachable

PUBLIC = "93.184.216.34"

REFUSED = [
    "http://127.0.0.1/",
    "http://127.1/",
    "http://127.0.1/",
    "http://2130706433/",
    "http://017700000001/",
    "http://0177.0.0.1/",
    "http://0x7f.0.0.1/",
    "http://0x7f000001/",
    "http://0x7f.1/",
    "http://0/",
    "http://0.0.0.0/",
    "http://127.0.0.1./",
    "http://127.255.255.254:8080/",
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://172.31.255.255/",
    "http://192.168.1.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[fd00:ec2::254]/latest/meta-data/",
    "http://100.64.0.1/",
    "http://100.100.100.200/",
    "http://192.0.0.1/",
    "http://192.0.2.1/",
    "http://198.18.0.1/",
    "http://198.51.100.1/",
    "http://203.0.113.1/",
    "http://192.88.99.1/",
    "http://224.0.0.1/",
    "http://239.255.255.250/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "http://[::]/",
    "http://[::1]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::ffff:10.0.0.1]/",
    "http://[::127.0.0.1]/",
    "http://[::ffff:0:127.0.0.1]/",
    "http://[2002:7f00:1::]/",
    "http://[2002:a00:1::1]/",
    "http://[2002:c0a8:101::1]/",
    "http://[64:ff9b::127.0.0.1]/",
    "http://[64:ff9b::a00:1]/",
    "http://[64:ff9b:1::a00:1]/",
    "http://[2001:0:7f00:1::]/",
    "http://[2001:db8::1]/",
    "http://[2606:4700::5efe:7f00:1]/",
    "http://[fe80::1]/",
    "http://[fe80::1%25eth0]/",
    "http://[fc00::1]/",
    "http://[fec0::1]/",
    "http://[ff02::1]/",
    "http://[100::1]/",
    "http://localhost/",
    "http://localhost./",
    "http://LOCALHOST/",
    "http://internal.example/",
    "http://half.example/",
    "http://user:secret@public.example/",
    "http://public.example@127.0.0.1/",
    "http://\u2460\u2461\u2466.\u24ea.\u24ea.\u2460/",
    "http://127。0。0。1/",
    "ftp://public.example/",
    "file:///etc/passwd",
    "gopher://public.example/",
    "http://a b/",
    "http://-x/",
    "http:///x",
]

NAMES: dict[str, Sequence[str]] = {
    "public.example": [PUBLIC],
    "localhost": ["127.0.0.1", "::1"],
    "internal.example": ["10.1.2.3"],
    "half.example": [PUBLIC, "10.1.2.3"],
}


async def by_table(host: str, port: int) -> Sequence[str]:
    return NAMES.get(host, [])


class Outside(httpx.MockTransport):
    """Records what would have been sent, and where to."""

    def __init__(self, *answers: httpx.Response) -> None:
        self.sent: list[httpx.Request] = []
        self.answers = list(answers)
        super().__init__(self.answer)

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request)
        return self.answers.pop(0) if self.answers else httpx.Response(200, text="hello")


def test_the_table_is_as_long_as_we_promise() -> None:
    assert len(set(REFUSED)) >= 60


@pytest.mark.parametrize("url", REFUSED)
async def test_no_notation_leads_inside(url: str) -> None:
    outside = Outside()

    async with egress.client(resolve=by_table, inner=outside) as http:
        with pytest.raises((RapportError, httpx.InvalidURL, httpx.UnsupportedProtocol)):
            await http.get(url)

    assert outside.sent == []


@pytest.mark.parametrize("address", [PUBLIC, "2606:4700::1111", "64:ff9b::5db8:d822", "8.8.8.8"])
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(address)


async def test_the_connection_goes_to_the_checked_address_under_the_hosts_name() -> None:
    outside = Outside()

    async with egress.client(resolve=by_table, inner=outside) as http:
        answer = await http.get("https://public.example/a?b=1")

    (sent,) = outside.sent
    assert answer.text == "hello"
    assert str(sent.url) == f"https://{PUBLIC}/a?b=1"
    assert sent.headers["host"] == "public.example"
    assert sent.extensions["sni_hostname"] == "public.example"
    assert sent.headers["accept-encoding"] == "identity"


async def test_a_name_that_changes_its_mind_is_asked_only_once() -> None:
    answers = iter([[PUBLIC], ["127.0.0.1"], ["127.0.0.1"]])
    outside = Outside()

    async def rebinding(host: str, port: int) -> Sequence[str]:
        return next(answers)

    async with egress.client(resolve=rebinding, inner=outside) as http:
        await http.get("http://rebind.example/")
        with pytest.raises(AddressRefused):
            await http.get("http://rebind.example/")

    assert [request.url.host for request in outside.sent] == [PUBLIC]


async def test_redirects_are_handed_back_and_not_followed() -> None:
    away = httpx.Response(302, headers={"location": "http://127.0.0.1/"})

    async with egress.client(resolve=by_table, inner=Outside(away)) as http:
        answer = await http.get("http://public.example/")

    assert answer.status_code == 302


async def test_a_caller_that_follows_redirects_is_checked_at_every_step() -> None:
    outside = Outside(httpx.Response(302, headers={"location": "http://169.254.169.254/"}))

    async with egress.client(resolve=by_table, inner=outside) as http:
        with pytest.raises(AddressRefused):
            await http.get("http://public.example/", follow_redirects=True)

    assert len(outside.sent) == 1


async def test_an_allowed_local_endpoint_is_reached_at_its_port_only() -> None:
    outside = Outside()

    async with egress.client(allow=["localhost:11434"], resolve=by_table, inner=outside) as http:
        await http.get("http://localhost:11434/v1/models")
        with pytest.raises(AddressRefused):
            await http.get("http://localhost:5432/")

    assert [str(request.url) for request in outside.sent] == ["http://127.0.0.1:11434/v1/models"]


@pytest.mark.parametrize(
    "url",
    [
        "https://\U0003eb2bj.example/",
        "https://xn--\u00df.example/",
        "https://a\tb/",
    ],
)
async def test_what_is_no_address_is_refused(url: str) -> None:
    async with egress.client() as http:
        with pytest.raises(AddressRefused):
            await http.get(url)


async def test_an_unknown_host_is_unreachable() -> None:
    async with egress.client(resolve=by_table, inner=Outside()) as http:
        with pytest.raises(Unreachable):
            await http.get("http://unknown.example/")


async def test_a_compressed_answer_nobody_asked_for_is_refused() -> None:
    bomb = httpx.Response(200, headers={"content-encoding": "gzip"}, stream=httpx.ByteStream(b"x"))

    async with egress.client(resolve=by_table, inner=Outside(bomb)) as http:
        with pytest.raises(Unreachable):
            await http.get("http://public.example/")


@asynccontextmanager
async def serving(answer: bytes, *, stall: bool = False) -> AsyncIterator[str]:
    done = asyncio.Event()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        if stall:
            await done.wait()
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    async with server:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        done.set()


async def test_a_long_answer_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://192.0.2.1:1")
    body = b"x" * 5_000
    head = b"HTTP/1.1 200 OK\r\ncontent-length: 5000\r\nconnection: close\r\n\r\n"

    async with serving(head + body) as place:
        async with egress.client(allow=[place], max_bytes=5_000) as http:
            assert (await http.get(f"http://{place}/")).content == body
        async with egress.client(allow=[place], max_bytes=4_999) as http:
            with pytest.raises(ReplyTooLarge):
                await http.get(f"http://{place}/")


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nx"])
async def test_a_slow_answer_is_given_up(answer: bytes) -> None:
    async with (
        serving(answer, stall=True) as place,
        egress.client(allow=[place], max_seconds=0.2) as http,
    ):
        with pytest.raises(Unreachable):
            await http.get(f"http://{place}/")
