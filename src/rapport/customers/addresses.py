"""Addresses in the one form in which they are kept and compared."""

from typing import Final

from rapport.customers.errors import AddressInvalid
from rapport.kernel.context import Ctx
from rapport.kernel.settings import workspace as workspace_settings

EMAIL: Final = "email"
PHONE: Final = "phone"
MOST_CHARS: Final = 320
_FREE: Final = frozenset(
    [
        "gmail.com",
        "googlemail.com",
        "outlook.com",
        "hotmail.com",
        "live.com",
        "msn.com",
        "yahoo.com",
        "yahoo.de",
        "ymail.com",
        "icloud.com",
        "me.com",
        "mac.com",
        "aol.com",
        "gmx.de",
        "gmx.net",
        "gmx.at",
        "gmx.ch",
        "web.de",
        "t-online.de",
        "freenet.de",
        "mail.com",
        "mail.ru",
        "yandex.ru",
        "proton.me",
        "protonmail.com",
        "posteo.de",
        "mailbox.org",
        "qq.com",
        "163.com",
        "126.com",
        "naver.com",
        "hanmail.net",
        "orange.fr",
        "wanadoo.fr",
        "free.fr",
        "laposte.net",
        "libero.it",
    ]
)
"""Domains that say nothing about who belongs together."""
_DOTLESS: Final = frozenset({"gmail.com", "googlemail.com"})


def folded(address: str) -> str:
    """An e-mail address as it is compared: no spaces around, no case, its domain in ASCII."""
    text = address.strip().casefold()
    local, at, domain = text.rpartition("@")
    if not at or domain.isascii():
        return text
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return text


def is_email(address: str) -> bool:
    """Whether it can be an e-mail address at all."""
    local, at, domain = address.rpartition("@")
    is_short = len(address) <= MOST_CHARS and not any(c.isspace() for c in address)
    return bool(at and local and domain) and is_short and "." in domain.strip(".")


def mailbox_of(address: str) -> str:
    """The mailbox behind an address, as far as its form tells: without +tag, and Gmail's dots."""
    local, _, domain = folded(address).rpartition("@")
    local = local.partition("+")[0] or local
    if domain in _DOTLESS:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"


def own_domain_of(address: str) -> str | None:
    """The domain of an address unless anybody may have one there."""
    domain = folded(address).rpartition("@")[2]
    return None if not domain or domain in _FREE else domain


def e164(number: str, region: str | None = None) -> str | None:
    """A telephone number as +<country><number>; None when it cannot be one.

    `region` is the ISO country in which a number without a country's prefix is meant.
    """
    # Imported only here: its tables take 6 MB, and most processes never see a number.
    import phonenumbers  # noqa: PLC0415

    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


async def region_of(ctx: Ctx) -> str | None:
    """The country of a workspace, as far as its language names one (`de-AT`)."""
    locale = (await workspace_settings.get(ctx, workspace_settings.General)).locale
    parts = locale.split("-")
    last = parts[-1].upper()
    return last if len(parts) > 1 and len(last) == 2 else None


async def normal(ctx: Ctx, channel: str, address: str) -> str:
    """An address as it is kept in an identity of `channel`.

    Raises:
        AddressInvalid: it cannot be one.
    """
    if channel == EMAIL:
        text = folded(address)
        if not is_email(text):
            raise AddressInvalid
        return text
    if channel == PHONE:
        number = e164(address, await region_of(ctx))
        if number is None:
            raise AddressInvalid
        return number
    text = address.strip()
    if not text or len(text) > MOST_CHARS:
        raise AddressInvalid
    return text
