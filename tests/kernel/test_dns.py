"""Questions to the DNS, answered by a server of the test's own."""

import socket
import threading
from collections.abc import Iterator

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from rapport.kernel.dns import DnsUnavailable, SystemDns

RECORDS = {
    ("example.com.", "TXT"): ['"v=spf1 " "-all"', '"other"'],
    ("example.com.", "MX"): ["20 b.example.com.", "10 A.example.com."],
    ("example.com.", "A"): ["192.0.2.1", "192.0.2.2"],
    ("example.com.", "AAAA"): ["2001:db8::1"],
    ("_imaps._tcp.example.com.", "SRV"): ["5 0 993 b.example.com.", "1 0 993 a.example.com."],
    ("1.2.0.192.in-addr.arpa.", "PTR"): ["mail.example.com."],
}


def answer(asked: dns.message.Message) -> dns.message.Message | None:
    question = asked.question[0]
    name, kind = str(question.name).lower(), question.rdtype.name
    if name.startswith("silent."):
        return None
    said = dns.message.make_response(asked)
    said.flags |= dns.flags.RA
    if name.startswith("broken."):
        said.set_rcode(dns.rcode.SERVFAIL)
    elif (name, kind) in RECORDS:
        said.answer.append(dns.rrset.from_text(name, 60, "IN", kind, *RECORDS[name, kind]))
    elif not any(name == known for known, _ in RECORDS):
        said.set_rcode(dns.rcode.NXDOMAIN)
    return said


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """A name server on the loopback interface."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))

        def serve() -> None:
            while True:
                data, peer = server.recvfrom(4_096)
                if data == b"stop":
                    return
                said = answer(dns.message.from_wire(data))
                if said is not None:
                    server.sendto(said.to_wire(), peer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield server.getsockname()[1]
        server.sendto(b"stop", server.getsockname())
        thread.join()


@pytest.fixture
def system(port: int) -> SystemDns:
    return SystemDns(servers=["127.0.0.1"], port=port, timeout_s=0.3)


def test_records_are_told_in_order_and_plain(system: SystemDns) -> None:
    assert sorted(system.txt("example.com")) == [b"other", b"v=spf1 -all"]
    assert system.mx("example.com") == [(10, "a.example.com"), (20, "b.example.com")]
    assert sorted(system.a("EXAMPLE.com.")) == ["192.0.2.1", "192.0.2.2"]
    assert system.aaaa("example.com") == ["2001:db8::1"]
    assert system.ptr("192.0.2.1") == ["mail.example.com"]
    assert [one.target for one in system.srv("_imaps._tcp.example.com")] == [
        "a.example.com",
        "b.example.com",
    ]


def test_what_is_not_there_is_nothing(system: SystemDns) -> None:
    assert system.txt("nothing.example.com") == []
    assert system.srv("example.com") == []
    assert system.ptr("192.0.2.9") == []


@pytest.mark.parametrize("name", ["a..b", f"{'a' * 64}.test", "x." * 200, "", ".", "\\", "\\999.x"])
def test_what_can_be_no_name_is_nothing(system: SystemDns, name: str) -> None:
    assert system.a(name) == []


def test_what_is_no_address_has_no_name(system: SystemDns) -> None:
    assert system.ptr("nonsense") == []


@pytest.mark.parametrize("name", ["silent.test", "broken.test"])
def test_no_answer_is_told_from_nothing(system: SystemDns, name: str) -> None:
    with pytest.raises(DnsUnavailable):
        system.txt(name)
