"""The way to the mail servers that people name: checked addresses, and TLS that proves itself."""

import ssl

from rapport.kernel import egress
from rapport.kernel.settings.process import Settings


async def address_of(
    settings: Settings,
    host: str,
    port: int,
    *,
    resolve: egress.Resolve = egress.resolve_by_system,
) -> str:
    """The one IP address to connect to; the host's name is for TLS only.

    Raises:
        AddressRefused: it is on a private address that the administrator did not allow.
        Unreachable: it has no address.
        OSError: the name cannot be looked up.
    """
    return await egress.address_of(host, port, allow=settings.egress_allow, resolve=resolve)


def may_be_plain(settings: Settings, host: str, port: int) -> bool:
    """Whether a password may go there without TLS: only to what the administrator allowed."""
    allowed = {pair.lower() for pair in settings.egress_allow}
    return f"{host.lower().strip('[]')}:{port}" in allowed


def tls(settings: Settings) -> ssl.SSLContext:
    """How mail servers prove who they are: by the usual authorities, and by the configured ones."""
    context = ssl.create_default_context()
    if settings.mail_ca is not None:
        context.load_verify_locations(cafile=settings.mail_ca)
    return context
