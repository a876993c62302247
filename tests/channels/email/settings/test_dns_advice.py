"""The DNS records that a mailbox needs, and whether they are there."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from rapport.channels.email.settings import service as settings
from rapport.kernel.ids import new_id
from tests.channels.email.settings.test_mailboxes import SMTP, made
from tests.conftest import Begin
from tests.dns import Zone

GMAIL = SMTP | {"host": "smtp.gmail.com", "port": 465, "security": "tls"}


async def advice(
    http: httpx.AsyncClient, box: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    answer = await http.get(f"/v1/email/mailboxes/{box['inbox_id']}/dns")
    assert answer.status_code == 200, answer.text
    told = answer.json()
    return told, {record["purpose"]: record for record in told["records"]}


async def test_a_domain_without_records_is_told_what_to_add(admin: httpx.AsyncClient) -> None:
    domain = f"{new_id().hex}.example"  # what we receive for is one for all workspaces
    box = await made(
        admin,
        address=f"help@{domain}",
        outgoing=SMTP,
        smtp_password="x",
        incoming={"kind": "receiver"},
    )

    told, records = await advice(admin, box)

    assert (told["domain"], told["is_own_domain"]) == (domain, True)
    assert {purpose: record["state"] for purpose, record in records.items()} == {
        "spf": "missing",
        "dmarc": "missing",
        "mx": "missing",
    }
    assert records["spf"]["value"] == "v=spf1 a:smtp.example.com ~all"
    assert records["dmarc"]["name"] == f"_dmarc.{domain}"
    assert records["dmarc"]["value"] == f"v=DMARC1; p=none; rua=mailto:help@{domain}"
    assert records["mx"]["value"] == "10 127.0.0.1"


async def test_what_is_there_already_is_good(admin: httpx.AsyncClient, zone: Zone) -> None:
    zone["example.com"] = {"TXT": ["hello", "v=spf1 include:_spf.google.com -all"]}
    zone["_dmarc.example.com"] = {"TXT": ["v=DMARC1; p=reject"]}
    box = await made(admin, outgoing=GMAIL, smtp_password="x")

    told, records = await advice(admin, box)

    assert told["provider"] == "Gmail"
    assert {record["state"] for record in records.values()} == {"ok"}


@pytest.mark.parametrize(
    "term",
    [
        "ip4:192.0.2.0/24",
        "a:smtp.example.com",
        "+a:smtp.example.com",
        "mx",
        "a",
        "a:mail.example.com",
    ],
)
async def test_a_server_that_is_allowed_by_its_address_is_allowed(
    admin: httpx.AsyncClient, zone: Zone, term: str
) -> None:
    address = {"A": ["192.0.2.7"]}
    zone["smtp.example.com"] = zone["mail.example.com"] = address
    zone["example.com"] = {
        "TXT": [f"v=spf1 {term} -all"],
        "MX": [(10, "smtp.example.com")],
        **address,
    }
    box = await made(admin, outgoing=SMTP, smtp_password="x")

    _, records = await advice(admin, box)

    assert records["spf"]["state"] == "ok"


async def test_an_spf_record_is_added_to_and_never_doubled(
    admin: httpx.AsyncClient, zone: Zone
) -> None:
    zone["example.com"] = {"TXT": ["v=spf1 mx include:spf.example.net -all"]}
    box = await made(admin, outgoing=GMAIL, smtp_password="x")
    _, records = await advice(admin, box)
    zone["example.com"] = {"TXT": ["v=spf1 mx ~all", "v=spf1 include:spf.example.net -all"]}
    _, twice = await advice(admin, box)

    assert (records["spf"]["state"], records["spf"]["reason"]) == ("different", "spf_lacks_sender")
    assert (
        records["spf"]["value"] == "v=spf1 include:_spf.google.com mx include:spf.example.net -all"
    )
    assert twice["spf"]["reason"] == "spf_twice"
    assert twice["spf"]["value"] == "v=spf1 include:_spf.google.com mx include:spf.example.net -all"


async def test_a_dns_that_does_not_answer_says_nothing_about_the_records(
    admin: httpx.AsyncClient, zone: Zone
) -> None:
    zone.down.add("example.com")
    box = await made(admin, outgoing=SMTP, smtp_password="x")

    _, records = await advice(admin, box)

    assert {record["state"] for record in records.values()} == {"unknown"}


async def test_the_policy_of_the_domain_above_holds_below(
    admin: httpx.AsyncClient, zone: Zone
) -> None:
    zone["_dmarc.example.co.uk"] = {"TXT": ["v=DMARC1; p=quarantine"]}
    box = await made(admin, address="help@eu.example.co.uk", outgoing=SMTP, smtp_password="x")

    _, records = await advice(admin, box)

    assert (records["dmarc"]["state"], records["dmarc"]["reason"]) == ("ok", "dmarc_of_parent")


async def test_a_domain_of_a_provider_is_nobodys_to_set(admin: httpx.AsyncClient) -> None:
    box = await made(admin, address="shop@gmail.com", outgoing=GMAIL, smtp_password="x")

    told, records = await advice(admin, box)

    assert (told["is_own_domain"], records) == (False, {})


async def test_a_key_signs_only_once_the_dns_shows_it(
    admin: httpx.AsyncClient, zone: Zone, begin: Begin
) -> None:
    box = await made(admin, outgoing=SMTP, smtp_password="x")
    path = f"/v1/email/mailboxes/{box['inbox_id']}/dkim"
    none = await admin.put(path, json={"is_on": True})
    key = (await admin.post(path)).json()["dkim"]
    _, records = await advice(admin, box)
    early = await admin.put(path, json={"is_on": True})
    before = await signing(begin, box)

    value = records["dkim"]["value"]
    zone[records["dkim"]["name"]] = {"TXT": [value[:100] + " " + value[100:]]}
    _, published = await advice(admin, box)
    on = await admin.put(path, json={"is_on": True})
    after = await signing(begin, box)

    assert (none.status_code, none.json()["code"]) == (409, "dkim_key_missing")
    assert records["dkim"]["name"] == f"{key['selector']}._domainkey.example.com"
    assert (records["dkim"]["state"], published["dkim"]["state"]) == ("missing", "ok")
    assert (early.status_code, early.json()["code"]) == (409, "dkim_not_published")
    assert (before, on.json()["dkim"]["is_on"]) == (None, True)
    assert after is not None
    assert (after.domain, after.selector) == ("example.com", key["selector"])
    assert after.private_key.startswith("-----BEGIN PRIVATE KEY-----")
    assert "PRIVATE" not in on.text


async def test_another_key_in_the_dns_is_seen(admin: httpx.AsyncClient, zone: Zone) -> None:
    box = await made(admin, outgoing=SMTP, smtp_password="x")
    path = f"/v1/email/mailboxes/{box['inbox_id']}/dkim"
    await admin.post(path)
    _, records = await advice(admin, box)
    name = records["dkim"]["name"]

    zone[name] = {"TXT": ["v=DKIM1; k=rsa; p=AAAA"]}
    _, other = await advice(admin, box)
    zone[name] = {"TXT": ["v=DKIM1; k=rsa; p="]}
    _, withdrawn = await advice(admin, box)

    assert other["dkim"]["reason"] == "dkim_other_key"
    assert withdrawn["dkim"]["reason"] == "dkim_withdrawn"


async def signing(begin: Begin, box: dict[str, Any]) -> settings.Signing | None:
    async with begin() as ctx:
        row = await settings.mailbox(ctx, UUID(box["inbox_id"]))
        return await settings.signing(ctx, row)
