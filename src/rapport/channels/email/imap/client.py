"""One connection to an IMAP server."""

import asyncio
import base64
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, Self

from rapport.channels.email.imap.errors import (
    Disconnected,
    FolderMissing,
    ImapError,
    LoginMissing,
    LoginRefused,
    Nonsense,
    Refused,
    StartTlsMissing,
)
from rapport.channels.email.imap.fetched import Fetched, fetched_from, found_by
from rapport.channels.email.imap.responses import Response
from rapport.channels.email.imap.stream import (
    MAX_LINE_BYTES,
    MAX_SMALL_LITERAL,
    QUIET_S,
    Stream,
)
from rapport.channels.email.imap.writing import day, folder_name, merged, quoted, written

Security = Literal["tls", "starttls", "plain"]

CONNECT_S: Final = 15.0
COMMAND_S: Final = 600.0
"""Whatever it sends meanwhile, a command takes no longer."""
MAX_HEARD_BYTES: Final = 16 * 1024 * 1024
"""What all responses to a command may take, besides one message as long as messages may be."""
_COST: Final = 128
"""What a response takes besides its text."""
IDLE_S: Final = 25 * 60.0
"""Servers and routers end what has been idle for half an hour."""


@dataclass(frozen=True, slots=True)
class Examined:
    """A folder that was opened."""

    uid_validity: int
    """While it stays, a UID means the same message."""
    uid_next: int | None
    """Greater than every UID there is; None when the server does not tell."""
    exists: int


class Connection:
    """Made by `connect`; then `login` or `xoauth2`, `examine`, and what the folder is asked."""

    def __init__(self, stream: Stream) -> None:
        """Speak on `stream`, whose server has not said anything yet."""
        self._stream = stream
        self._tags = 0
        self._capabilities: frozenset[str] = frozenset()
        self.has_news = False
        """Whether the server told of messages since the last search began."""

    @classmethod
    async def connect(
        cls,
        address: str,
        port: int,
        *,
        host: str,
        security: Security,
        tls: ssl.SSLContext,
        quiet_s: float = QUIET_S,
    ) -> Self:
        """Connect to an IP address, whose server must prove to be `host` unless it is `plain`.

        Raises:
            OSError: no connection (TimeoutError, ConnectionRefusedError, ssl.SSLError …).
            StartTlsMissing: `starttls` was asked for, and is not offered.
            ImapError: it is no IMAP server, or does not want us.
        """
        is_direct = security == "tls"
        async with asyncio.timeout(min(CONNECT_S, quiet_s)):
            reader, writer = await asyncio.open_connection(
                address,
                port,
                limit=MAX_LINE_BYTES,
                ssl=tls if is_direct else None,
                server_hostname=host if is_direct else None,
            )
        _keep_alive(writer)
        connection = cls(Stream(reader, writer, quiet_s=quiet_s))
        try:
            await connection._greet()
            if security == "starttls":
                await connection._protect(tls, host)
        except BaseException:
            await connection.close()
            raise
        return connection

    async def login(self, user: str, password: str) -> None:
        """Sign in with a password.

        Raises:
            LoginMissing: the server takes no passwords on this connection.
            LoginRefused: it does not take this one.
        """
        if "LOGINDISABLED" in await self._able():
            raise LoginMissing("LOGINDISABLED")
        try:
            await self._ask(b"LOGIN", user.encode(), password.encode())
        except Refused as error:
            raise LoginRefused(*error.args) from None
        self._capabilities = frozenset()

    async def xoauth2(self, user: str, token: str) -> None:
        """Sign in with an OAuth access token.

        Raises:
            LoginMissing: the server does not know XOAUTH2.
            LoginRefused: it does not take the token.
        """
        able = await self._able()
        if "AUTH=XOAUTH2" not in able:
            raise LoginMissing("no AUTH=XOAUTH2")
        shown = base64.b64encode(f"user={user}\x01auth=Bearer {token}\x01\x01".encode())
        command = b"AUTHENTICATE XOAUTH2"
        replies = [shown, b""]  # the empty one answers what an error is explained with
        if "SASL-IR" in able:
            command, replies = command + b" " + shown, [b""]
        try:
            await self._ask(command, replies=replies)
        except Refused as error:
            raise LoginRefused(*error.args) from None
        self._capabilities = frozenset()

    async def examine(self, folder: str) -> Examined:
        """Open a folder read-only; the one before is closed.

        Raises:
            FolderMissing: there is none of that name, or it may not be read.
            Nonsense: its UIDs mean nothing later.
        """
        try:
            responses = await self._ask(b"EXAMINE", folder_name(folder))
        except Refused as error:
            raise FolderMissing(*error.args) from None
        codes = dict(each.code for each in responses if each.name == "OK")
        exists = [each.number or 0 for each in responses if each.name == "EXISTS"]
        validity, following = codes.get("UIDVALIDITY", ""), codes.get("UIDNEXT", "")
        if not validity.isdecimal():
            raise Nonsense("no UIDVALIDITY")
        uid_next = int(following) if following.isdecimal() else None
        return Examined(int(validity), uid_next, exists[-1] if exists else 0)

    async def search(self, first_uid: int, *, since: date | None = None) -> list[range]:
        """The UIDs from `first_uid` on, in order, optionally of what came on `since` or later."""
        self.has_news = False
        extended = b" RETURN (ALL)" if "ESEARCH" in await self._able() else b""
        criteria = f" UID {first_uid}:*" + (f" SINCE {day(since)}" if since else "")
        found = found_by(await self._ask(b"UID SEARCH" + extended + criteria.encode()))
        # `n:*` always finds the last message, also when its UID is below n.
        return merged(range(max(each.start, first_uid), each.stop) for each in found)

    async def sizes(self, uids: Sequence[range], *, with_ids: bool = False) -> list[Fetched]:
        """Size and date of messages, and the header's Message-ID if wanted; in order of UID."""
        ids = " BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]" if with_ids else ""
        return await self._fetch(uids, f"UID RFC822.SIZE INTERNALDATE{ids}", MAX_SMALL_LITERAL)

    async def bodies(
        self, uids: Sequence[range], *, max_bytes: int, first_bytes: int | None = None
    ) -> list[Fetched]:
        """Whole messages of up to `max_bytes` each, or the first bytes of each; in order of UID.

        Raises:
            Nonsense: one is longer.
            Refused: the server cannot give one of them.
        """
        part = f"<0.{first_bytes}>" if first_bytes is not None else ""
        return await self._fetch(uids, f"UID BODY.PEEK[]{part}", max_bytes)

    async def idle(self, seconds: float = IDLE_S) -> None:
        """Wait until there is news, at most so long; on a server without IDLE just ask and wait.

        Raises:
            Disconnected: the link broke; this is noticed at once.
            TimeoutError: the server does not answer when the time is over.
        """
        if self.has_news:
            return
        if "IDLE" not in await self._able():
            await asyncio.sleep(seconds)
            await self._ask(b"NOOP")
            return
        tag = await self._begin(b"IDLE")
        await self._invited(tag)
        await self._listen(seconds)
        await self._stream.send(b"DONE\r\n")
        await self._finish(tag)

    async def _listen(self, seconds: float) -> None:
        """Hear what is said without being asked until there is news, or the time is over."""
        until = asyncio.get_running_loop().time() + seconds
        while not self.has_news:
            left = until - asyncio.get_running_loop().time()
            hearing = asyncio.ensure_future(self._stream.response(may_be_quiet=True))
            try:
                await asyncio.wait({hearing}, timeout=max(0.0, left))
            finally:
                if not hearing.done():
                    hearing.cancel()  # it waits for the first byte of a line, and loses none
            if not hearing.done():
                await asyncio.wait({hearing})
            if hearing.cancelled():
                return
            self._heard(hearing.result(), "")

    async def logout(self) -> None:
        """Say goodbye and hang up; never raises."""
        try:
            async with asyncio.timeout(1):
                await self._begin(b"LOGOUT")
        except (OSError, ImapError, TimeoutError):
            pass
        await self.close()

    async def close(self) -> None:
        """Hang up; never raises."""
        await self._stream.close()

    async def _greet(self) -> None:
        greeting = await self._stream.response()
        if greeting.name == "BYE":
            raise Disconnected(greeting.text)
        if greeting.tag != "*" or greeting.name not in {"OK", "PREAUTH"}:
            raise Nonsense("no IMAP server")
        if greeting.name == "PREAUTH":
            raise Nonsense("signed in before anybody asked")  # and before STARTTLS

    async def _protect(self, tls: ssl.SSLContext, host: str) -> None:
        if "STARTTLS" not in await self._able():
            raise StartTlsMissing("no STARTTLS")
        await self._ask(b"STARTTLS")
        await self._stream.protect(tls, host)
        self._capabilities = frozenset()

    async def _able(self) -> frozenset[str]:
        """What the server can do, as it stands at this point of the connection."""
        if not self._capabilities:
            responses = await self._ask(b"CAPABILITY")
            said = [each.text for each in responses if each.name == "CAPABILITY"]
            self._capabilities = frozenset(" ".join(said).upper().split()) | {"IMAP"}
        return self._capabilities

    async def _fetch(self, uids: Sequence[range], items: str, max_literal: int) -> list[Fetched]:
        self._stream.max_literal = max_literal
        try:
            responses = await self._ask(f"UID FETCH {written(uids)} ({items})".encode())
        finally:
            self._stream.max_literal = MAX_SMALL_LITERAL
        wanted: dict[int, Fetched] = {}
        for response in responses:
            found = fetched_from(response) if response.name == "FETCH" else None
            if found is None or not any(found.uid in each for each in uids):
                continue
            if found.size is not None or found.body is not None:  # not just a flag that changed
                wanted.setdefault(found.uid, found)
        return [wanted[uid] for uid in sorted(wanted)]

    async def _ask(
        self, command: bytes, *strings: bytes, replies: Sequence[bytes] = ()
    ) -> list[Response]:
        """Send a command with its strings, and gather what is said until it is done.

        Raises:
            Refused: the answer is NO or BAD.
        """
        async with asyncio.timeout(COMMAND_S):
            tag = await self._begin(command, *strings)
            return await self._finish(tag, list(replies))

    async def _begin(self, command: bytes, *strings: bytes) -> str:
        """Send a command; its tag. Strings that cannot be quoted go as literals."""
        self._tags += 1
        tag = f"R{self._tags}"
        line = f"{tag} ".encode() + command
        for string in strings:
            safe = quoted(string)
            if safe is not None:
                line += b" " + safe
                continue
            await self._stream.send(line + b" {%d}\r\n" % len(string))
            await self._invited(tag)
            line = string
        await self._stream.send(line + b"\r\n")
        return tag

    async def _invited(self, tag: str) -> None:
        """Wait until the server asks for what follows."""
        while (response := await self._stream.response()).tag != "+":
            if self._heard(response, tag):
                raise Nonsense("done before it began")

    async def _finish(self, tag: str, replies: list[bytes] | None = None) -> list[Response]:
        heard: list[Response] = []
        room = MAX_HEARD_BYTES + self._stream.max_literal
        while True:
            response = await self._stream.response()
            if response.tag == "+":
                if not replies:
                    raise Nonsense("the server waits for something")
                await self._stream.send(replies.pop(0) + b"\r\n")
            elif self._heard(response, tag):
                return heard
            else:
                heard.append(response)
                room -= _COST + sum(map(len, response.rest))
                if room < 0:
                    raise Nonsense("no end of responses")

    def _heard(self, response: Response, tag: str) -> bool:
        """Note what a response means for the connection; whether it ends the command."""
        if response.tag == tag:
            if response.name != "OK":
                raise Refused(response.text)
            return True
        if response.name == "BYE" and response.tag == "*":
            raise Disconnected(response.text)
        if response.name == "EXISTS":
            self.has_news = True
        return False


def _keep_alive(writer: asyncio.StreamWriter) -> None:
    """Have the system notice a peer that vanished without a word."""
    raw = writer.get_extra_info("socket")
    if raw is not None:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
