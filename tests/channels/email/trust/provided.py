"""Messages as Microsoft's and Google's mailboxes hold them, and what senders put into them."""

from tests.channels.email.trust.conftest import letter

SENDER = "ada@example.com"
PASS = "dmarc=pass action=none header.from=example.com"
FAIL = "dmarc=fail action=quarantine header.from=example.com"
LABEL = "DB5EUR03FT051"
OUTSIDE = "mail.example.com (192.0.2.1)"


def by_microsoft(dmarc: str = PASS, spf: str = "pass", dkim: str = "none") -> str:
    """What Exchange Online writes into a mail from outside: it names no server."""
    signed = "pass (signature was verified) header.d=example.com"
    checked = signed if dkim == "pass" else f"{dkim} (message not signed) header.d=none"
    compauth = "pass reason=100" if "dmarc=pass" in dmarc else "fail reason=000"
    return (
        f"Authentication-Results: spf={spf} (sender IP is 192.0.2.1)\r\n"
        f" smtp.mailfrom=example.com; dkim={checked};{dmarc};compauth={compauth}"
    )


def inside(label: str = LABEL) -> list[str]:
    """How Exchange Online hands a mail on from its edge to the mailbox."""
    return [
        "Received: from AM0PR04MB1.eurprd04.prod.outlook.com (2603:10a6:208::11)\r\n"
        " by VI1PR04MB2.eurprd04.prod.outlook.com with HTTPS; Mon, 5 Jan 2026 09:00:03 +0000",
        f"Received: from {label}.eop-EUR03.prod.protection.outlook.com\r\n"
        " (2603:10a6:10:be:cafe::25) by DB8PR03CA0024.outlook.office365.com\r\n"
        " (2603:10a6:10:be::37) with Microsoft SMTP Server via Frontend Transport;\r\n"
        " Mon, 5 Jan 2026 09:00:02 +0000",
    ]


def edge(label: str = LABEL, client: str = OUTSIDE) -> str:
    """Where Exchange Online takes a mail in."""
    return (
        f"Received: from {client} by\r\n {label}.mail.protection.outlook.com (10.152.20.98) with"
        " Microsoft SMTP\r\n Server via Frontend Transport; Mon, 5 Jan 2026 09:00:01 +0000"
    )


def marks(authority: str = "Anonymous", label: str = LABEL) -> list[str]:
    """What Exchange Online keeps below, and takes out of what comes from outside."""
    return [
        f"X-MS-Exchange-Organization-AuthSource:\r\n {label}.eop-EUR03.prod.protection.outlook.com",
        f"X-MS-Exchange-Organization-AuthAs: {authority}",
    ]


def microsoft(
    *said: str,
    below: list[str] | None = None,
    label: str = LABEL,
    authority: str = "Anonymous",
    client: str = OUTSIDE,
) -> bytes:
    """A mail as it lies in a mailbox of Exchange Online; `below` are the sender's own fields."""
    spf = "Received-SPF: Pass (protection.outlook.com: domain of example.com)"
    own = [*inside(label), *said, spf, edge(label, client)]
    return mail([*own, *(below or [])], marks(authority, label))


def by_google(dmarc: str = "dmarc=pass (p=NONE sp=NONE dis=NONE) header.from=example.com") -> str:
    """What Google found out, after the name of the field."""
    return (
        "mx.google.com;\r\n       spf=pass (google.com: domain of ada@example.com designates"
        f" 192.0.2.1 as permitted sender) smtp.mailfrom=ada@example.com;\r\n       {dmarc}"
    )


def google(
    sealed: str | None = "",
    told: str | None = "",
    *,
    below: list[str] | None = None,
    client: str = "mail.example.com (mail.example.com. [192.0.2.1])",
) -> bytes:
    """A mail as it lies in a mailbox of Gmail; None where Google writes no such field."""
    seal = [f"ARC-Authentication-Results: i=1; {sealed or by_google()}"]
    said = [f"Authentication-Results: {told or by_google()}"]
    own = [
        "Delivered-To: support@acme.test",
        "Received: by 2002:a05:6102:22c6:0:0:0:0 with SMTP id a6csp12614vsh;\r\n"
        "        Mon, 5 Jan 2026 01:00:03 -0800 (PST)",
        "X-Received: by 2002:a92:ca4e:: with SMTP id q14mr3941013ilo.233.16",
        *(seal if sealed is not None else []),
        f"Received: from {client}\r\n"
        "        by mx.google.com with ESMTPS id u10si2667315pgi.515.2026.01.05\r\n"
        "        for <support@acme.test>;\r\n        Mon, 5 Jan 2026 01:00:02 -0800 (PST)",
        *(said if told is not None else []),
    ]
    return mail([*own, *(below or [])], [])


def mail(above: list[str], below: list[str]) -> bytes:
    """A message from Ada between fields."""
    return "\r\n".join([*above, ""]).encode() + letter(SENDER, *below)
