"""An IMAP server that does what a test asks for, also what no good server does."""

import asyncio
import re
from collections.abc import Callable
from types import TracebackType
from typing import Final, Self

_FETCH: Final = re.compile(r"UID FETCH (\S+) \((.*)\)$")
_SEARCH: Final = re.compile(r"UID SEARCH (?:RETURN \(ALL\) )?UID (\d+):\*(.*)$")
_PARTIAL: Final = re.compile(r"BODY\.PEEK\[\]<0\.(\d+)>")


class Mailserver:
    """One folder on a free port of loopback. An async context manager."""

    def __init__(self) -> None:
        self.mails: dict[int, bytes] = {}
        self.uid_validity = 7
        self.uid_next: int | None = None
        """What it says; None says one more than the last UID."""
        self.capabilities = "IMAP4rev1 IDLE"
        self.greeting = "* OK ready"
        self.password = "secret"
        self.twice = False
        """Whether it says everything twice."""
        self.refused: set[int] = set()
        """UIDs that it does not give."""
        self.hidden: set[int] = set()
        """UIDs that it leaves out when it is asked for many."""
        self.sizes: dict[int, int] = {}
        """What it says of sizes that is not so."""
        self.asides: dict[str, bytes] = {}
        """What it says before the answer to a command, by its first word."""
        self.is_deaf = False
        """Whether it answers nothing any more."""
        self.heard: list[str] = []
        self.commands: dict[str, Callable[[str], bytes]] = {}
        """Answers of the test's own, by the first word; `{tag}` stands for the tag."""
        self.port = 0
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._idle: dict[asyncio.StreamWriter, str] = {}
        self.listened = asyncio.Event()
        """Set when somebody idles for the first time."""

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._server is not None
        self._server.close()
        self.hang_up()
        await asyncio.sleep(0)

    def hang_up(self) -> None:
        """End all connections."""
        for writer in self._writers:
            writer.close()

    def add(self, *raws: bytes) -> list[int]:
        """Let mails come in, and tell who listens; their UIDs."""
        first = max(self.mails, default=0) + 1
        uids = list(range(first, first + len(raws)))
        self.mails |= dict(zip(uids, raws, strict=True))
        for writer in self._idle:
            writer.write(b"* %d EXISTS\r\n" % len(self.mails))
        return uids

    def said(self, first: str) -> list[str]:
        """The commands that begin so."""
        return [line for line in self.heard if line.startswith(first)]

    @property
    def listeners(self) -> int:
        """How many connections idle."""
        return len(self._idle)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            writer.write(f"{self.greeting}\r\n".encode())
            while line := await self._line(reader, writer):
                if self.is_deaf:
                    continue
                self._answer(writer, line)
                await writer.drain()
        except OSError:
            pass
        finally:
            self._writers.discard(writer)
            self._idle.pop(writer, None)
            writer.close()

    async def _line(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
        """The next command, with its literals in place; "" when there is none."""
        line = (await reader.readline()).decode()
        while found := re.search(r"\{(\d+)\}\r\n$", line):
            writer.write(b"+ go on\r\n")
            literal = (await reader.readexactly(int(found[1]))).decode()
            line = line[: found.start()] + literal + (await reader.readline()).decode()
        return line.rstrip("\r\n")

    def _answer(self, writer: asyncio.StreamWriter, line: str) -> None:
        if line == "DONE":
            writer.write(f"{self._idle.pop(writer)} OK\r\n".encode())
            return
        tag, _, command = line.partition(" ")
        word = command.removeprefix("UID ").split(" ")[0]
        self.heard.append(command)
        writer.write(self.asides.get(word, b""))
        if word in self.commands:
            writer.write(self.commands[word](command).replace(b"{tag}", tag.encode()))
            return
        if word == "IDLE":
            self._idle[writer] = tag
            self.listened.set()
            writer.write(b"+ idling\r\n")
            return
        lines, end = self._does(word, command)
        told = b"".join(lines)
        writer.write(told * (2 if self.twice else 1) + f"{tag} {end}\r\n".encode())

    def _does(self, word: str, command: str) -> tuple[list[bytes], str]:
        match word:
            case "CAPABILITY":
                return [f"* CAPABILITY {self.capabilities}\r\n".encode()], "OK"
            case "LOGIN":
                is_good = self.password in command
                return [], "OK" if is_good else "NO [AUTHENTICATIONFAILED] no"
            case "EXAMINE":
                following = self.uid_next or max(self.mails, default=0) + 1
                return [
                    b"* FLAGS (\\Seen \\Answered)\r\n",
                    b"* %d EXISTS\r\n" % len(self.mails),
                    b"* OK [UIDVALIDITY %d] UIDs (valid\r\n" % self.uid_validity,
                    b"* OK [UIDNEXT %d] Next\r\n" % following,
                ], "OK [READ-ONLY] done"
            case "SEARCH":
                found = _SEARCH.match(command)
                assert found is not None, command
                first = min(int(found[1]), max(self.mails, default=0))
                uids = " ".join(str(uid) for uid in self.mails if uid >= first)
                return [f"* SEARCH {uids}\r\n".encode()], "OK"
            case "FETCH":
                return self._fetch(command)
            case _:
                return [], "OK"

    def _fetch(self, command: str) -> tuple[list[bytes], str]:
        found = _FETCH.match(command)
        assert found is not None, command
        asked = [uid for uid in self.mails if _is_in(uid, found[1])]
        given = [uid for uid in asked if uid not in self.hidden or len(asked) == 1]
        if "BODY.PEEK[]" in found[2] and self.refused & set(asked):
            return [], "NO some messages could not be fetched"
        return [self._told(uid, found[2]) for uid in given], "OK"

    def _told(self, uid: int, items: str) -> bytes:
        raw = self.mails[uid]
        number = list(self.mails).index(uid) + 1
        told = b"* %d FETCH (FLAGS (\\Seen) UID %d" % (number, uid)
        if "RFC822.SIZE" in items:
            told += b" RFC822.SIZE %d" % self.sizes.get(uid, len(raw))
            told += b' INTERNALDATE " 5-Jan-2026 09:59:58 +0100"'.replace(b'" 5', b'"05')
        if "HEADER.FIELDS" in items:
            lines = raw.partition(b"\r\n\r\n")[0].split(b"\r\n")
            ids = b"".join(it + b"\r\n" for it in lines if it.lower().startswith(b"message-id"))
            header = ids + b"\r\n"
            told += b" BODY[HEADER.FIELDS (MESSAGE-ID)] {%d}\r\n" % len(header) + header
        if "BODY.PEEK[]" in items:
            partial = _PARTIAL.search(items)
            part = raw[: int(partial[1])] if partial else raw
            name = b"BODY[]<0>" if partial else b"BODY[]"
            told += b" %s {%d}\r\n" % (name, len(part)) + part
        return told + b")\r\n"


def _is_in(uid: int, uids: str) -> bool:
    """Whether a sequence set has a UID."""
    for span in uids.split(","):
        first, _, last = span.partition(":")
        if int(first) <= uid <= int(last or first):
            return True
    return False
