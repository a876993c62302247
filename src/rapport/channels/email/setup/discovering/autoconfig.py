"""What a domain tells mail programs about its servers, in the form that Thunderbird reads."""

from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

import httpx

from rapport.channels.email.settings.schemas import Incoming, Outgoing, Security
from rapport.channels.email.setup.provider import Server
from rapport.kernel.errors import RapportError

MAX_BYTES: Final = 256 * 1024
_SECURITIES: Final[dict[str, Security]] = {"SSL": "tls", "STARTTLS": "starttls"}
_USERS: Final = ("%EMAILADDRESS%", "%EMAILLOCALPART%", "%EMAILDOMAIN%")
_MAX_SERVERS: Final = 20
_MAX_TEXT: Final = 500


class _Refused(Exception):
    """The document declares entities, or is no document for mail programs."""


@dataclass(frozen=True, slots=True)
class Told:
    """A server as a domain describes it, and the name under which one signs in there."""

    kind: str
    """`imap` or `smtp`; others are left out."""
    server: Server
    user: str


async def ask(http: httpx.AsyncClient, address: str) -> list[Told]:
    """What the domain of an address says; nothing when it says nothing that can be used.

    Only by HTTPS: what anybody on the way could have written is no place for a password.
    """
    domain = address.rpartition("@")[2]
    for url in (
        f"https://autoconfig.{domain}/mail/config-v1.1.xml",
        f"https://{domain}/.well-known/autoconfig/mail/config-v1.1.xml",
    ):
        try:
            answer = await http.get(url, params={"emailaddress": address})
        except (RapportError, httpx.HTTPError):
            continue
        if answer.status_code == httpx.codes.OK and (told := read(answer.content, address)):
            return told
    return []


def read(document: bytes, address: str) -> list[Told]:
    """The servers in a document, in its order; those without TLS are left out. Never raises."""
    reader = _Reader()
    try:
        reader.parse(document[:MAX_BYTES])
    except (expat.ExpatError, _Refused, ValueError, LookupError):
        return []
    told = (_told(server, address) for server in reader.servers)
    return [one for one in told if one is not None]


@dataclass
class _Described:
    kind: str
    values: dict[str, str] = field(default_factory=dict)


class _Reader:
    """Reads servers out of XML; a document type, which could hold entities, ends it."""

    def __init__(self) -> None:
        self.servers: list[_Described] = []
        self._open: _Described | None = None
        self._text: list[str] = []

    def parse(self, document: bytes) -> None:
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = self._refuse
        parser.EntityDeclHandler = self._refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text.append
        parser.Parse(document, True)

    def _refuse(self, *_: object) -> None:
        raise _Refused

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._text.clear()
        if name in {"incomingServer", "outgoingServer"} and len(self.servers) < _MAX_SERVERS:
            self._open = _Described(attributes.get("type", ""))
            self.servers.append(self._open)

    def _end(self, name: str) -> None:
        if name in {"incomingServer", "outgoingServer"}:
            self._open = None
        elif self._open is not None:
            text = "".join(self._text).strip()[:_MAX_TEXT]
            self._open.values.setdefault(name, text)
        self._text.clear()


def _told(described: _Described, address: str) -> Told | None:
    values = described.values
    security = _SECURITIES.get(values.get("socketType", ""))
    if described.kind not in {"imap", "smtp"} or security is None:
        return None
    shape = Incoming if described.kind == "imap" else Outgoing
    user = _filled(values.get("username", _USERS[0]), address)
    try:
        checked = shape.model_validate(
            {"host": _filled(values["hostname"], address), "port": int(values["port"])}
            | {"security": security, "user": user}
        )
    except (KeyError, ValueError):
        return None
    if not checked.host:
        return None
    return Told(described.kind, Server(checked.host, checked.port, security), checked.user)


def _filled(text: str, address: str) -> str:
    local, _, domain = address.rpartition("@")
    for name, value in zip(_USERS, (address, local, domain), strict=True):
        text = text.replace(name, value)
    return text
