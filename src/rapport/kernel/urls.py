"""Addresses that come from outside: which may be stored, linked to and shown."""

import re
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator

MAX_URL_CHARS: Final = 4_096
_UNPRINTABLE = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029\ufeff\\]")
_MAIL = re.compile(r"mailto:[^\s@<>\"']+@[^\s@<>\"']+", re.IGNORECASE)


def is_web_address(url: str) -> bool:
    """Whether `url` is an absolute http or https address with a host.

    Anything with a control character, white space or a backslash is refused, because browsers
    and parsers disagree about what such an address means.
    """
    if len(url) > MAX_URL_CHARS or _UNPRINTABLE.search(url):
        return False
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    return parts.scheme.lower() in {"http", "https"} and bool(parts.hostname)


def is_safe_link(url: str) -> bool:
    """Whether a reader may be offered `url` to follow: web, mail, or a path on this server."""
    if is_web_address(url):
        return True
    if len(url) > MAX_URL_CHARS or _UNPRINTABLE.search(url):
        return False
    if _MAIL.fullmatch(url):
        return True
    return url.startswith("#") or (url.startswith("/") and not url.startswith("//"))


def origin_of(url: str) -> str | None:
    """Scheme, host and port of a web address in their canonical form, e.g. `https://shop.example`."""
    if not is_web_address(url):
        return None
    parts = urlsplit(url)
    scheme, host, port = parts.scheme.lower(), (parts.hostname or "").lower(), parts.port
    host = f"[{host}]" if ":" in host else host
    usual = {"http": 80, "https": 443}[scheme]
    return f"{scheme}://{host}" if port in (None, usual) else f"{scheme}://{host}:{port}"


def _web_address(url: str) -> str:
    url = url.strip(" ")
    if not is_web_address(url):
        raise ValueError("must be an http or https address")
    return url


def _origin(url: str) -> str:
    origin = origin_of(url.strip(" ").rstrip("/"))
    if origin is None or urlsplit(url).path not in {"", "/"}:
        raise ValueError("must be an origin such as https://shop.example")
    return origin


WebAddress = Annotated[str, AfterValidator(_web_address)]
"""A field for an address people will follow: http or https and nothing else."""

Origin = Annotated[str, AfterValidator(_origin)]
"""A field for the origin of a web page, in its canonical form."""
