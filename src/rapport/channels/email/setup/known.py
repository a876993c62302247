"""Providers of mail that many people use: their servers, and what has to be known about them."""

from typing import Final

from rapport.channels.email.setup.provider import Known, Server


def _imaps(host: str) -> Server:
    return Server(host, 993, "tls")


def _tls(host: str) -> Server:
    return Server(host, 465, "tls")


def _starttls(host: str) -> Server:
    return Server(host, 587, "starttls")


def _domains(names: str) -> frozenset[str]:
    return frozenset(names.split())


ALL: Final = (
    Known(
        "gmail",
        "Gmail",
        _domains("gmail.com googlemail.com"),
        _imaps("imap.gmail.com"),
        _tls("smtp.gmail.com"),
        "google",
        oauth="google",
        mail_hosts=("google.com", "googlemail.com"),
        spf="include:_spf.google.com",
        help="https://support.google.com/accounts/answer/185833",
        per_minute=20,
    ),
    Known(
        "microsoft365",
        "Microsoft 365",
        frozenset(),
        _imaps("outlook.office365.com"),
        _starttls("smtp.office365.com"),
        "microsoft",
        oauth="microsoft",
        mail_hosts=("mail.protection.outlook.com", "mx.microsoft"),
        spf="include:spf.protection.outlook.com",
        help="https://learn.microsoft.com/exchange/client-developer/legacy-protocols/"
        "how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth",
        per_minute=30,
    ),
    Known(
        "outlook",
        "Outlook.com",
        _domains(
            "outlook.com hotmail.com live.com msn.com outlook.de hotmail.de live.de outlook.fr"
            " hotmail.fr live.fr outlook.es hotmail.es outlook.it hotmail.it live.it hotmail.co.uk"
            " live.co.uk live.nl outlook.jp"
        ),
        _imaps("outlook.office365.com"),
        _starttls("smtp-mail.outlook.com"),
        "microsoft",
        oauth="microsoft",
        help="https://support.microsoft.com/office/pop-imap-and-smtp-settings-for-outlook-com",
        per_minute=20,
    ),
    Known(
        "yahoo",
        "Yahoo",
        _domains(
            "yahoo.com ymail.com rocketmail.com yahoo.de yahoo.fr yahoo.es yahoo.it yahoo.co.uk"
            " yahoo.ca yahoo.com.br yahoo.co.in"
        ),
        _imaps("imap.mail.yahoo.com"),
        _tls("smtp.mail.yahoo.com"),
        "app_password",
        mail_hosts=("yahoodns.net",),
        help="https://help.yahoo.com/kb/SLN15241.html",
        per_minute=10,
    ),
    Known(
        "aol",
        "AOL",
        _domains("aol.com aim.com aol.de aol.co.uk"),
        _imaps("imap.aol.com"),
        _tls("smtp.aol.com"),
        "app_password",
        help="https://help.aol.com/articles/Create-and-manage-app-password",
        per_minute=10,
    ),
    Known(
        "icloud",
        "iCloud Mail",
        _domains("icloud.com me.com mac.com"),
        _imaps("imap.mail.me.com"),
        _starttls("smtp.mail.me.com"),
        "app_password",
        mail_hosts=("mail.icloud.com",),
        spf="include:icloud.com",
        help="https://support.apple.com/102654",
        per_minute=10,
    ),
    Known(
        "fastmail",
        "Fastmail",
        _domains("fastmail.com fastmail.fm fastmail.net fastmail.org sent.com"),
        _imaps("imap.fastmail.com"),
        _tls("smtp.fastmail.com"),
        "app_password",
        mail_hosts=("messagingengine.com",),
        spf="include:spf.messagingengine.com",
        help="https://www.fastmail.help/hc/en-us/articles/360058752854",
        per_minute=30,
    ),
    Known(
        "gmx",
        "GMX",
        _domains("gmx.de gmx.net gmx.at gmx.ch"),
        _imaps("imap.gmx.net"),
        _starttls("mail.gmx.net"),
        "enable_imap",
        help="https://hilfe.gmx.net/pop-imap/einschalten.html",
        per_minute=10,
    ),
    Known(
        "gmx_com",
        "GMX",
        _domains("gmx.com gmx.us gmx.co.uk gmx.fr gmx.es"),
        _imaps("imap.gmx.com"),
        _starttls("mail.gmx.com"),
        "enable_imap",
        help="https://support.gmx.com/pop-imap/toggle.html",
        per_minute=10,
    ),
    Known(
        "web_de",
        "WEB.DE",
        _domains("web.de"),
        _imaps("imap.web.de"),
        _starttls("smtp.web.de"),
        "enable_imap",
        help="https://hilfe.web.de/pop-imap/einschalten.html",
        per_minute=10,
    ),
    Known(
        "zoho",
        "Zoho Mail",
        _domains("zoho.com zohomail.com"),
        _imaps("imap.zoho.com"),
        _tls("smtp.zoho.com"),
        "enable_imap",
        mail_hosts=("mx.zoho.com", "mx2.zoho.com", "mx3.zoho.com"),
        spf="include:zohomail.com",
        help="https://www.zoho.com/mail/help/imap-access.html",
        per_minute=20,
    ),
    Known(
        "zoho_eu",
        "Zoho Mail",
        _domains("zoho.eu zohomail.eu"),
        _imaps("imap.zoho.eu"),
        _tls("smtp.zoho.eu"),
        "enable_imap",
        mail_hosts=("zoho.eu",),
        spf="include:zohomail.eu",
        help="https://www.zoho.com/mail/help/imap-access.html",
        per_minute=20,
    ),
    Known(
        "yandex",
        "Yandex Mail",
        _domains("yandex.ru yandex.com ya.ru yandex.kz yandex.by"),
        _imaps("imap.yandex.com"),
        _tls("smtp.yandex.com"),
        "app_password",
        mail_hosts=("mx.yandex.net", "mx.yandex.ru"),
        spf="include:_spf.yandex.net",
        help="https://yandex.com/support/mail/mail-clients/others.html",
        per_minute=10,
    ),
    Known(
        "mail_ru",
        "Mail.ru",
        _domains("mail.ru inbox.ru list.ru bk.ru internet.ru"),
        _imaps("imap.mail.ru"),
        _tls("smtp.mail.ru"),
        "app_password",
        mail_hosts=("emx.mail.ru",),
        spf="include:_spf.mail.ru",
        help="https://help.mail.ru/mail/security/protection/external",
        per_minute=10,
    ),
    Known(
        "proton",
        "Proton Mail",
        _domains("proton.me protonmail.com protonmail.ch pm.me"),
        Server("127.0.0.1", 1143, "starttls"),
        Server("127.0.0.1", 1025, "starttls"),
        "bridge",
        mail_hosts=("protonmail.ch",),
        spf="include:_spf.protonmail.ch",
        help="https://proton.me/mail/bridge",
    ),
    Known(
        "mailbox_org",
        "mailbox.org",
        _domains("mailbox.org"),
        _imaps("imap.mailbox.org"),
        _tls("smtp.mailbox.org"),
        "mailbox_password",
        mail_hosts=("mailbox.org",),
        spf="include:mailbox.org",
        help="https://kb.mailbox.org/",
        per_minute=20,
    ),
    Known(
        "posteo",
        "Posteo",
        _domains("posteo.de posteo.net"),
        _imaps("posteo.de"),
        _tls("posteo.de"),
        "mailbox_password",
        help="https://posteo.de/hilfe",
        per_minute=10,
    ),
    Known(
        "t_online",
        "Telekom",
        _domains("t-online.de magenta.de"),
        _imaps("secureimap.t-online.de"),
        _tls("securesmtp.t-online.de"),
        "app_password",
        help="https://www.telekom.de/hilfe/apps-dienste/e-mail/passwort",
        per_minute=10,
    ),
    Known(
        "ionos",
        "IONOS",
        frozenset(),
        _imaps("imap.ionos.de"),
        _tls("smtp.ionos.de"),
        "mailbox_password",
        mail_hosts=("kundenserver.de", "ionos.de", "ionos.com", "1and1.com"),
        spf="include:_spf-eu.ionos.com",
        help="https://www.ionos.com/help/email/",
        per_minute=20,
    ),
    Known(
        "ovh",
        "OVHcloud",
        frozenset(),
        _imaps("ssl0.ovh.net"),
        _tls("ssl0.ovh.net"),
        "mailbox_password",
        mail_hosts=("mail.ovh.net", "ovh.net"),
        spf="include:mx.ovh.com",
        help="https://help.ovhcloud.com/",
        per_minute=20,
    ),
    Known(
        "rackspace",
        "Rackspace Email",
        frozenset(),
        _imaps("secure.emailsrvr.com"),
        _tls("secure.emailsrvr.com"),
        "mailbox_password",
        mail_hosts=("emailsrvr.com",),
        spf="include:emailsrvr.com",
        help="https://docs.rackspace.com/",
        per_minute=20,
    ),
)


def of_domain(domain: str) -> Known | None:
    """The provider whose own domain this is."""
    return next((known for known in ALL if domain in known.domains), None)


def of_mail_host(host: str) -> Known | None:
    """The provider that a domain's MX record leads to."""
    return next((known for known in ALL if _is_below(host, known.mail_hosts)), None)


def of_outgoing(host: str) -> Known | None:
    """The provider whose server sends; a bridge on this machine is as good as any server on it."""
    found = (known for known in ALL if known.outgoing.host == host.lower())
    return next((known for known in found if known.note != "bridge"), None)


def _is_below(host: str, ends: tuple[str, ...]) -> bool:
    return any(host == end or host.endswith(f".{end}") for end in ends)
