"""SPF: what a domain says about the hosts that send for it (RFC 7208)."""

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.channels.email.trust import spf, spf_terms
from rapport.channels.email.trust.looking import Looking
from rapport.channels.email.trust.spf_terms import RecordUnclear
from tests.channels.email.trust.conftest import Judge, letter
from tests.dns import Zone

IP, IP6 = "192.0.2.10", "2001:db8::10"


def checked(
    record: str,
    *,
    ip: str = IP,
    others: Mapping[str, Mapping[str, Sequence[object]]] | None = None,
) -> str:
    zone = Zone({"example.com": {"TXT": [record]}, **(others or {})})
    return spf.check(ip, "ada@example.com", "mail.example.com", Looking(zone, seconds=60))[0]


@pytest.mark.parametrize(
    ("record", "result"),
    [
        ("v=spf1 all", "pass"),
        ("v=spf1 +all", "pass"),
        ("V=SPF1 -ALL", "fail"),
        ("v=spf1 ~all", "softfail"),
        ("v=spf1 ?all", "neutral"),
        ("v=spf1", "neutral"),
        ("v=spf1 ", "neutral"),
        ("v=spf1  ip4:192.0.2.10   -all", "pass"),
        ("v=spf1 ip4:192.0.2.0/24 -all", "pass"),
        ("v=spf1 ip4:192.0.2.11/31 -all", "pass"),
        ("v=spf1 ip4:192.0.2.11 -all", "fail"),
        ("v=spf1 -ip4:192.0.2.10 +all", "fail"),
        ("v=spf1 ip6:2001:db8::/32 -all", "fail"),
        ("v=spf1 ip4:0.0.0.0/0 -all", "pass"),
        ("v=spf1 some=thing -all", "fail"),
        ("v=spf1 moo=%{d}-%%%_%- -all", "fail"),
        ("v=spf1 exp=why.example.com -all", "fail"),
        ("v=spf10 all", "none"),
        ("v=spf1x all", "none"),
        ("spf2.0/pra all", "none"),
    ],
)
def test_mechanisms_are_tried_from_left_to_right(record: str, result: str) -> None:
    assert checked(record) == result


@pytest.mark.parametrize(
    "record",
    [
        "v=spf1 ip4:192.0.2.10 nothing",
        "v=spf1 ip4",
        "v=spf1 ip4:",
        "v=spf1 ip4:192.0.2",
        "v=spf1 ip4:192.0.2.10/33",
        "v=spf1 ip4:192.0.2.10/032",
        "v=spf1 ip4:192.0.2.10/",
        "v=spf1 ip6:192.0.2.10",
        "v=spf1 ip6:2001:db8::/129",
        "v=spf1 all:example.com",
        "v=spf1 all/8",
        "v=spf1 --all",
        "v=spf1 a: -all",
        "v=spf1 a:example.com/33",
        "v=spf1 a:example.com//129",
        "v=spf1 a:example.com/01",
        "v=spf1 a:com -all",
        "v=spf1 a:example.-com -all",
        "v=spf1 a:example.1 -all",
        "v=spf1 include -all",
        "v=spf1 include: -all",
        "v=spf1 include:example.net/24 -all",
        "v=spf1 exists -all",
        "v=spf1 ptr/24 -all",
        "v=spf1 mx: -all",
        "v=spf1 exists:%{x}.example.com -all",
        "v=spf1 exists:%(d).example.com -all",
        "v=spf1 exists:%{d129}.example.com -all",
        "v=spf1 exists:%{d0}.example.com -all",
        "v=spf1 exists:%.example.com -all",
        "v=spf1 redirect=a.example.com redirect=b.example.com",
        "v=spf1 redirect= -all",
        "v=spf1 exp=a.example.com exp=b.example.com -all",
        "v=spf1 some=%{thing} -all",
        "v=spf1 ünicode -all",
    ],
)
def test_a_record_with_a_mistake_anywhere_does_not_count(record: str) -> None:
    assert checked("v=spf1 ip4:192.0.2.10 " + record.removeprefix("v=spf1 ")) == "permerror"


def test_two_records_are_a_mistake() -> None:
    zone = Zone({"example.com": {"TXT": ["v=spf1 +all", "v=spf1 -all", "other text"]}})

    assert spf.check(IP, "ada@example.com", "", Looking(zone, seconds=60))[0] == "permerror"


@pytest.mark.parametrize(
    ("record", "ip", "result"),
    [
        ("v=spf1 a -all", IP, "pass"),
        ("v=spf1 a/24 -all", "192.0.2.99", "pass"),
        ("v=spf1 a -all", "192.0.2.99", "fail"),
        ("v=spf1 a:mail.example.com -all", "192.0.2.20", "pass"),
        ("v=spf1 a -all", IP6, "pass"),
        ("v=spf1 a//64 -all", "2001:db8::99", "pass"),
        ("v=spf1 a/24//64 -all", "2001:db8:1::99", "fail"),
        ("v=spf1 mx -all", "192.0.2.20", "pass"),
        ("v=spf1 mx/24 -all", "192.0.2.99", "pass"),
        ("v=spf1 mx:other.example -all", IP, "fail"),
        ("v=spf1 ptr -all", IP, "pass"),
        ("v=spf1 ptr:example.com -all", IP, "pass"),
        ("v=spf1 ptr -all", "192.0.2.66", "fail"),
        ("v=spf1 exists:known.example.com -all", IP, "pass"),
        ("v=spf1 exists:%{ir}.hosts.example.com -all", IP, "pass"),
        ("v=spf1 exists:%{l}.%{o}.people.example.com -all", IP, "pass"),
        ("v=spf1 exists:%{h}.example.com -all", IP, "fail"),
        ("v=spf1 a:%{d2} -all", IP, "pass"),
        ("v=spf1 a -all", "::ffff:192.0.2.10", "pass"),
        ("v=spf1 ip6:2001:DB8::/32 -all", IP6, "pass"),
        ("v=spf1 all", "not an address", "none"),
    ],
)
def test_hosts_are_looked_up(record: str, ip: str, result: str) -> None:
    assert _in_full_zone(record, ip) == result


def _in_full_zone(record: str, ip: str) -> str:
    zone = Zone(
        {
            "example.com": {
                "TXT": [record],
                "A": [IP],
                "AAAA": [IP6],
                "MX": [(10, "mail.example.com")],
            },
            "mail.example.com": {"A": ["192.0.2.20"]},
            "known.example.com": {"A": ["127.0.0.2"]},
            "10.2.0.192.hosts.example.com": {"A": ["127.0.0.2"]},
            "ada.example.com.people.example.com": {"A": ["127.0.0.2"]},
            "out.example.com": {"A": [IP]},
            "192.0.2.10": {"PTR": ["other.test", "out.example.com"]},
            "192.0.2.66": {"PTR": ["out.example.com"]},
        }
    )
    return spf.check(ip, "ada@example.com", "mail.example.com", Looking(zone, seconds=60))[0]


@pytest.mark.parametrize(
    ("record", "other", "result"),
    [
        ("v=spf1 include:other.test -all", "v=spf1 all", "pass"),
        ("v=spf1 include:other.test ~all", "v=spf1 -all", "softfail"),
        ("v=spf1 include:other.test ~all", "v=spf1 ?all", "softfail"),
        ("v=spf1 -include:other.test all", "v=spf1 all", "fail"),
        ("v=spf1 include:other.test -all", "v=spf1 moo", "permerror"),
        ("v=spf1 include:nothing.test -all", "", "permerror"),
        ("v=spf1 redirect=other.test", "v=spf1 -all", "fail"),
        ("v=spf1 redirect=other.test", "v=spf1 all", "pass"),
        ("v=spf1 redirect=other.test ip4:192.0.2.10", "v=spf1 -all", "pass"),
        ("v=spf1 redirect=other.test -all", "v=spf1 all", "fail"),
        ("v=spf1 redirect=nothing.test", "", "permerror"),
        ("v=spf1 include:other.test -all", "v=spf1 include:example.com -all", "permerror"),
        ("v=spf1 redirect=example.com", "", "permerror"),
    ],
)
def test_records_of_others_are_included_or_followed(record: str, other: str, result: str) -> None:
    assert checked(record, others={"other.test": {"TXT": [other]}}) == result


def test_more_than_ten_look_ups_are_a_mistake() -> None:
    others = {f"i{number}.test": {"TXT": ["v=spf1 -all"]} for number in range(11)}
    ten = " ".join(f"include:i{number}.test" for number in range(10))

    assert checked(f"v=spf1 {ten} all", others=others) == "pass"
    assert checked(f"v=spf1 {ten} include:i10.test all", others=others) == "permerror"


def test_more_than_two_names_that_are_not_there_are_a_mistake() -> None:
    assert checked("v=spf1 a:x.example.com a:y.example.com ip4:192.0.2.10 -all") == "pass"
    assert checked("v=spf1 a:x.example.com a:y.example.com a:z.example.com all") == "permerror"


def test_more_than_ten_hosts_that_take_mail_are_a_mistake() -> None:
    hosts = {"other.test": {"MX": [(1, f"h{number}.test") for number in range(11)]}}

    assert checked("v=spf1 mx:other.test all", others=hosts) == "permerror"


def test_without_an_answer_nothing_is_known() -> None:
    zone = Zone({"example.com": {"TXT": ["v=spf1 a:down.test -all"]}}, down={"down.test"})

    assert spf.check(IP, "ada@example.com", "", Looking(zone, seconds=60))[0] == "temperror"
    assert spf.check(IP, "ada@down.test", "", Looking(zone, seconds=60))[0] == "temperror"


@pytest.mark.parametrize(
    "domain",
    ["localhost", "", "a..example.com", f"{'a' * 64}.example.com", "[192.0.2.1]", "ü" * 99],
)
def test_what_is_no_domain_has_nothing_to_say(domain: str) -> None:
    zone = Zone()

    assert spf.check(IP, f"ada@{domain}", "", Looking(zone, seconds=60))[0] == "none"
    assert zone.asked == []


def test_the_null_sender_is_judged_by_the_hosts_own_name() -> None:
    zone = Zone({"mail.example.com": {"TXT": ["v=spf1 ip4:192.0.2.10 -all"]}})

    found = spf.check(IP, "", "mail.example.com", Looking(zone, seconds=60))

    assert found == ("pass", "mail.example.com")


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(["a", "mx", "ip4:", "ip6:", "%{", "}", "/", "-", "=", ":", "exists:"]),
            st.text(max_size=5),
        ),
        max_size=12,
    ).map("".join)
)
def test_any_record_is_read_or_refused(text: str) -> None:
    try:
        spf_terms.read(("v=spf1 " + text).encode("utf-8", "replace"))
    except RecordUnclear:
        return
    assert checked("v=spf1 " + text) in {
        *("pass", "fail", "softfail", "neutral", "none", "permerror"),
    }


async def test_an_aligned_host_proves_the_domain(verdict: Judge) -> None:
    found = await verdict(letter(), ip="8.8.8.8", mail_from="bounces@example.com")

    assert (found.is_authenticated, found.spf, found.dmarc) == (True, "pass", "pass")
    assert found.reasons == ("spf_aligned",)


async def test_a_host_of_another_domain_proves_nothing(verdict: Judge, zone: Zone) -> None:
    zone["evil.test"] = {"TXT": ["v=spf1 +all"]}

    found = await verdict(letter(), ip="8.8.8.8", mail_from="bounces@evil.test")

    assert (found.is_authenticated, found.spf, found.dmarc) == (False, "pass", "fail")


async def test_a_host_alone_does_not_prove_a_domain_without_a_policy(
    verdict: Judge, zone: Zone
) -> None:
    del zone["_dmarc.example.com"]

    found = await verdict(letter(), ip="8.8.8.8", mail_from="bounces@example.com")

    assert (found.is_authenticated, found.spf, found.dmarc) == (False, "pass", "none")
    assert found.reasons == ("no_dmarc",)


@pytest.mark.parametrize("ip", ["127.0.0.1", "10.1.2.3", "192.0.2.1", "::1", "nonsense"])
async def test_a_host_of_our_own_network_says_nothing(verdict: Judge, ip: str) -> None:
    """It is a mail server in front of us, and the sender's domain may well name it."""
    found = await verdict(letter(), ip=ip, mail_from="ada@example.com")

    assert (found.spf, found.is_authenticated) == ("none", False)


async def test_behind_a_trusted_server_its_address_says_nothing(verdict: Judge) -> None:
    found = await verdict(letter(), ip="8.8.8.8", mail_from="ada@example.com", front="mx.acme.test")

    assert (found.spf, found.is_authenticated) == ("none", False)
