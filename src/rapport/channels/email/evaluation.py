"""How well mail is read, on messages and texts whose reading by others is known."""

import json
import re
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from rapport.channels.email.parsing import Address, Mail, addresses, dates, ids, parse
from rapport.channels.email.parsing.plain import text_of
from rapport.channels.email.replies import split

MESSAGES: Final = frozenset({".eml", ".msg", ".box"})
MAX_SHOWN_CHARS: Final = 200
_TEXTS: Final = frozenset({None, "plain", "html"})
_END: Final = re.compile(r"\n(?![ \t])")
"""Of a field whose lines may be folded."""
Case = tuple[str, str, Any, Any]
"""Where it is from, which field, what is expected, and what we read."""


def examine(folder: Path) -> dict[str, Any]:
    """How each corpus in a folder is read: counts, and every miss with both readings.

    A corpus is a folder with any of these. Messages (`.eml`), perhaps with `<name>.json` beside
    them, and `<name>.crlf.json` for the same with CRLF, as the parser of Stalwart expects them. Its
    cases for single fields, `address.json`, `date.json` and `id.json`. Texts in `emails/` with the
    reply in `trimmed/` and the rest in `elided/`. Other texts (`.txt`), which are only split.
    """
    found = {each.name: _corpus(each) for each in sorted(folder.iterdir()) if each.is_dir()}
    return {name: told for name, told in found.items() if told}


def told(corpus: Mapping[str, Any]) -> str:
    """What `examine` found in one corpus, in lines for people; without the misses."""
    lines = []
    for name, value in corpus.items():
        if isinstance(value, dict) and "by_field" in value:
            whole = f"{value['whole']} of {value['messages']} whole; " if "whole" in value else ""
            rates = (f"{field} {it['right']}/{it['of']}" for field, it in value["by_field"].items())
            lines.append(f"{name:<10} {whole}{', '.join(rates)}")
        else:
            lines.append(f"{name:<10} {value}")
    return "\n  ".join(lines)


def _corpus(folder: Path) -> dict[str, Any]:
    told: dict[str, Any] = {}
    messages = [it for it in _files(folder) if it.suffix in MESSAGES]
    if messages:
        told |= _read(messages)
    fields = [case for name, cases in _FIELDS.items() for case in _cases(folder, name, cases)]
    if fields:
        told["fields"] = _marks(fields)
    for trimmed in sorted(folder.rglob("trimmed")):
        told["replies"] = _marks(_replies(trimmed))
    texts = [] if "replies" in told else [it for it in _files(folder) if it.suffix == ".txt"]
    if texts:
        told["texts"] = _split(texts)
    return told


def _files(folder: Path) -> list[Path]:
    return sorted(it for it in folder.rglob("*") if it.is_file())


def _read(files: Sequence[Path]) -> dict[str, Any]:
    """Messages read without an exception, and those whose reading is known as it should be."""
    begun, failed, cases, compared = time.perf_counter(), {}, list[Case](), 0
    for file in files:
        raw = file.read_bytes()
        for variant, known in (("", raw), (".crlf", _crlf(raw))):
            expected = file.with_suffix(f"{variant}.json")
            try:
                mail = parse(known)
            except Exception as error:  # noqa: BLE001 - this is what is counted
                failed[f"{file.name}{variant}"] = repr(error)
                continue
            if expected.exists():
                compared += 1
                cases += _compared(expected, mail)
    told: dict[str, Any] = {
        "messages": len(files),
        "read": len(files) - len({name.removesuffix(".crlf") for name in failed}),
        "failed": failed,
        "seconds": round(time.perf_counter() - begun, 2),
    }
    if compared:
        marks = _marks(cases)
        missed = {miss["where"] for miss in marks["misses"]}
        told["expected"] = {"messages": compared, "whole": compared - len(missed), **marks}
    return told


def _crlf(raw: bytes) -> bytes:
    return raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _compared(file: Path, mail: Mail) -> Iterator[Case]:
    """What a message says in each field that the expectation has."""
    expected = json.loads(file.read_text("utf-8"))
    where = f"{file.parent.name}/{file.name}"
    parts = expected["parts"]
    headers = {str(it["name"]): it["value"] for it in reversed(parts[0]["headers"])}
    for name, (wanted, ours) in _HEADERS.items():
        if name in headers:
            yield where, name, wanted(headers[name]), ours(mail)
    files = [it for it in expected["attachments"] if _is_file(parts[it])]
    shown = [it for it in expected["attachments"] if it not in files]
    if text := _said(parts, [*expected["text_body"], *shown], {"Text"}):
        yield where, "text", text, _words(mail.text)
    if any("Html" in parts[it]["body"] for it in expected["html_body"]):
        html = _said(parts, [*expected["html_body"], *shown], {"Text", "Html"})
        yield where, "html", html, _words(text_of(mail.html or ""))
    yield where, "attachments", len(files), len(mail.attachments)


def _is_file(part: Mapping[str, Any]) -> bool:
    """Whether a part is more than text that nobody named a file; others list further texts too."""
    headers = {str(it["name"]): it["value"] for it in part["headers"]}
    kind = headers.get("content_type")
    named = kind.get("ContentType", {}) if isinstance(kind, dict) else {}
    is_text = named.get("c_type", "text") == "text" and named.get("c_subtype") in _TEXTS
    is_shown = is_text or named.get("c_type") == "multipart"  # one without parts
    return "Text" not in part["body"] or "content_disposition" in headers or not is_shown


def _said(parts: Sequence[Mapping[str, Any]], places: Iterable[int], kinds: Set[str]) -> str:
    """The words of parts, each part once; of HTML those that a person reads."""
    bodies = [parts[place]["body"] for place in dict.fromkeys(places)]
    told = [(kind, body[kind]) for body in bodies for kind in kinds if kind in body]
    return _words("\n".join(text_of(text) if kind == "Html" else text for kind, text in told))


def _people(value: Any) -> list[tuple[str, str]]:
    """Everybody in a list of Stalwart's, or in its groups."""
    if "Address" in value:
        value = value["Address"]
    if "List" in value:
        return [(_words(it["name"] or ""), it["address"] or "") for it in value["List"]]
    if "Group" in value:
        return [one for group in value["Group"] for one in _people({"List": group["addresses"]})]
    return []


def _ours(people: Iterable[Address | None]) -> list[tuple[str, str]]:
    return [(one.name, one.address) for one in people if one is not None]


def _moment(value: Any) -> str | None:
    """A date of Stalwart's in UTC; None for what is none."""
    value = value.get("DateTime", value) if isinstance(value, dict) else None
    if value is None:
        return None
    day = "{year:04}-{month:02}-{day:02}".format(**value)
    hour = "{hour:02}:{minute:02}:{second:02}".format(**value)
    try:
        local = datetime.fromisoformat(f"{day}T{hour}+00:00")
    except ValueError:
        return None
    east = timedelta(hours=value["tz_hour"], minutes=value["tz_minute"])
    return (local + east if value["tz_before_gmt"] else local - east).isoformat()


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _text(value: Any) -> str:
    return _words(value["Text"]) if isinstance(value, dict) and "Text" in value else ""


def _words(text: str) -> str:
    """A text whose line ends and spaces do not count."""
    return " ".join(text.split())


_HEADERS: Final[Mapping[str, tuple[Callable[[Any], Any], Callable[[Mail], Any]]]] = {
    "from": (lambda value: _people(value)[:1], lambda mail: _ours([mail.from_])),
    "to": (_people, lambda mail: _ours(mail.to)),
    "cc": (_people, lambda mail: _ours(mail.cc)),
    "subject": (_text, lambda mail: _words(mail.subject)),
    "date": (_moment, lambda mail: _iso(mail.date)),
    "message_id": (_text, lambda mail: mail.message_id or ""),
}
_FIELDS: Final[Mapping[str, tuple[Callable[[Any], Any], Callable[[str], Any]]]] = {
    "address": (_people, lambda text: _ours(addresses.parse(text))),
    "date": (_moment, lambda text: _iso(dates.parse(text))),
    "id": (lambda value: list(value or ()), lambda text: list(ids.ids_in(text))),
}


def _cases(
    folder: Path, name: str, readings: tuple[Callable[[Any], Any], Callable[[str], Any]]
) -> Iterator[Case]:
    wanted, ours = readings
    for file in sorted(folder.rglob(f"{name}.json")):
        for case in json.loads(file.read_text("utf-8")):
            lines = _END.split(case["header"].replace("\r\n", "\n"), maxsplit=1)[0]
            yield lines.strip(), name, wanted(case["expected"]), ours(lines.replace("\n", ""))


def _replies(trimmed: Path) -> Iterator[Case]:
    """Texts split into the reply and the rest; line ends at the end do not count."""
    for expected in sorted(trimmed.iterdir()):
        said = split((trimmed.parent / "emails" / expected.name).read_text("utf-8"))
        yield expected.name, "reply", expected.read_text("utf-8").rstrip(), said.reply.rstrip()
        elided = trimmed.parent / "elided" / expected.name
        if elided.exists():
            rest = f"{said.quoted} {said.signature}"
            wanted = sorted(elided.read_text("utf-8").split())
            yield expected.name, "elided", wanted, sorted(rest.split())


def _split(files: Sequence[Path]) -> dict[str, int]:
    """Texts of which nobody says how they should be split: whether no word is lost."""
    counts = {"texts": 0, "every_word_kept": 0}
    for file in files:
        text = file.read_text("utf-8", errors="replace")
        said = split(text)
        parts = sorted(f"{said.reply} {said.quoted} {said.signature}".split())
        counts["texts"] += 1
        counts["every_word_kept"] += parts == sorted(text.split())
    return counts


def _marks(cases: Iterable[Case]) -> dict[str, Any]:
    """Of each field how many are as expected, and every miss."""
    rates: dict[str, dict[str, int]] = defaultdict(lambda: {"right": 0, "of": 0})
    misses = []
    for where, field, expected, found in cases:
        rates[field]["of"] += 1
        rates[field]["right"] += expected == found
        if expected != found:
            shown = {"expected": expected, "found": found}
            cut = {name: str(value)[:MAX_SHOWN_CHARS] for name, value in shown.items()}
            misses.append({"where": where[:MAX_SHOWN_CHARS], "field": field, **cut})
    return {"by_field": dict(rates), "misses": misses}
