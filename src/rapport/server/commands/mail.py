"""`rapport mail`: what a message says, read as Rapport reads it."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Literal
from uuid import UUID

import typer

from rapport.channels.email.parsing import Address, Mail
from rapport.channels.email.parsing import parse as parse_mail
from rapport.channels.email.replies import language, split

app = typer.Typer(no_args_is_help=True, help="E-mail messages, read as Rapport reads them.")


@app.callback()
def mail() -> None:
    """E-mail messages, read as Rapport reads them."""


@app.command()
def parse(
    files: Annotated[list[Path], typer.Argument(help="Messages as they came (.eml).")],
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line, in the order of the files.")
    ] = False,
) -> None:
    """Read messages, however badly they are written, and show what they say.

    With --json, dates are ISO 8601 in UTC, message ids have no angle brackets, `text` is the whole
    text of which `reply`, `quoted` and `signature` are the parts, `html` is as it was sent and safe
    only when sanitised, and `auto` and `bounce` are null for what a person wrote. A file that
    cannot be read has `ok` false and says why in `error`.
    """
    for file in files:
        read = _read(file)
        typer.echo(json.dumps(read) if as_json else _told(read))


@app.command("reply-text")
def reply_text(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="The text of a mail, no headers.")
    ],
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object: reply, quoted, signature.")
    ] = False,
) -> None:
    """Show the customer's own words in a plain text, apart from what they quote and sign with.

    Each line of the text is in one of the three parts; lines end with a line feed.
    """
    said = split(file.read_bytes().decode("utf-8-sig", errors="replace"))
    typer.echo(json.dumps(asdict(said)) if as_json else said.reply)


@app.command()
def reprocess(
    state: Annotated[
        Literal["failed", "received", "stored"],
        typer.Option(
            help="Which messages: those that failed, that still wait, or that were read before."
        ),
    ] = "failed",
    mail: Annotated[
        list[UUID] | None, typer.Option("--mail", help="Only this one; may be repeated.")
    ] = None,
) -> None:
    """Read messages anew from what was kept of them as they came, in all workspaces.

    What failed or waits is filed where it belongs. Of what was read before the words are renewed,
    as is good after an upgrade that reads better; where it is and who wrote it stay. Any of it may
    be done twice and while Rapport runs.
    """
    # Imported only here: what reads files needs no database.
    from rapport.server.commands import mail_again  # noqa: PLC0415

    counts: Counter[str] = asyncio.run(mail_again.run(state, only=frozenset(mail or ())))
    for outcome, count in sorted(counts.items()):
        typer.echo(f"{outcome:>12}  {count:,}")
    if not counts:
        typer.echo("There are none.")


def _read(file: Path) -> dict[str, Any]:
    try:
        raw = file.read_bytes()
    except OSError as error:
        return _shown(file, parse_mail(b"")) | {"ok": False, "error": error.strerror}
    began = time.perf_counter()
    shown = _shown(file, parse_mail(raw))
    return shown | {"seconds": round(time.perf_counter() - began, 6)}


def _shown(file: Path, read: Mail) -> dict[str, Any]:
    said = split(read.text)
    kind, bounce = read.auto.kind, read.bounce
    return {
        "file": str(file),
        "ok": True,
        "error": None,
        "from": _address(read.from_),
        "to": _addresses(read.to),
        "cc": _addresses(read.cc),
        "subject": read.subject,
        "date": None if read.date is None else read.date.isoformat(),
        "message_id": read.message_id,
        "in_reply_to": read.in_reply_to,
        "references": list(read.references),
        "text": read.text,
        "html": read.html,
        "reply": said.reply,
        "quoted": said.quoted,
        "signature": said.signature,
        "language": language.of(said.reply or read.text),
        "attachments": [
            {"name": a.name, "content_type": a.content_type, "size": a.size, "inline": a.inline}
            for a in read.attachments
        ],
        "auto": {"kind": kind} if kind else None,
        "bounce": {"recipient": bounce.recipient, "status": bounce.status} if bounce else None,
        "seconds": 0.0,
    }


def _address(address: Address | None) -> dict[str, str] | None:
    return {"name": address.name, "address": address.address} if address else None


def _addresses(addresses: Sequence[Address]) -> list[dict[str, str]]:
    return [{"name": one.name, "address": one.address} for one in addresses]


def _told(read: dict[str, Any]) -> str:
    if not read["ok"]:
        return f"{read['file']}: {read['error']}"
    author = read["from"] or {"name": "", "address": "nobody"}
    kind = f", {read['auto']['kind']}" if read["auto"] else ""
    return (
        f"{read['file']}: {author['name']} <{author['address']}>{kind}, {read['date']}\n"
        f"    {read['subject']}\n"
        f"    {len(read['text']):,} characters, {len(read['attachments'])} attachments"
    )
