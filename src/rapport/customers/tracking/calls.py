"""Events in the form of Segment's HTTP tracking API, read and checked."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from rapport.customers.tracking.errors import EventMalformed, EventTooLarge
from rapport.customers.tracking.schemas import Call
from rapport.kernel.schemas import is_storable

MAX_BATCH_BYTES: Final = 500 * 1024
MAX_CALL_BYTES: Final = 32 * 1024
MAX_CALLS: Final = 2_500
KINDS: Final = ("identify", "track", "page", "screen", "group", "alias")
_MOST_CHARS: Final = 320
_MOST_SKEW: Final = timedelta(days=366 * 20)


def parse(body: bytes) -> dict[str, Any]:
    """The JSON object in a body.

    Raises:
        EventTooLarge: it is longer than a batch may be.
        EventMalformed: it is something else.
    """
    if len(body) > MAX_BATCH_BYTES:
        raise EventTooLarge
    try:
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise EventMalformed("The body is not JSON.") from error
    if not isinstance(found, dict):
        raise EventMalformed("The body is not a JSON object.")
    return found


def single(kind: str, body: bytes, now: datetime) -> Call:
    """The one call in a body.

    Raises:
        EventTooLarge, EventMalformed: it is not acceptable.
    """
    if len(body) > MAX_CALL_BYTES:
        raise EventTooLarge
    return read(kind, parse(body), now, sent_at=None)


def several(found: Mapping[str, Any], now: datetime) -> list[Call]:
    """The calls of a batch; those that name nobody, or no event, are left out.

    Raises:
        EventTooLarge: there are too many, or one is too long.
        EventMalformed: there is no list of events.
    """
    calls = found.get("batch")
    if not isinstance(calls, list):
        raise EventMalformed("A batch has its events in `batch`.")
    if len(calls) > MAX_CALLS:
        raise EventTooLarge
    common = _mapping(found.get("context"))
    sent_at = found.get("sentAt")
    kept = []
    for call in calls:
        if not isinstance(call, dict):
            continue
        if len(msgspec.json.encode(call)) > MAX_CALL_BYTES:
            raise EventTooLarge
        whole = {**call, "context": {**common, **_mapping(call.get("context"))}}
        try:
            kept.append(read(str(call.get("type", "")), whole, now, sent_at=sent_at))
        except EventMalformed:
            continue
    return kept


def read(kind: str, found: Mapping[str, Any], now: datetime, *, sent_at: Any) -> Call:
    """One call.

    Raises:
        EventMalformed: it names nobody, or lacks what its kind needs.
    """
    if kind not in KINDS:
        raise EventMalformed(f"There is no kind of event called {kind[:40]!r}.")
    if not is_storable(found):
        raise EventMalformed("Text must be valid Unicode without NUL characters.")
    context = _mapping(found.get("context"))
    user_id, anonymous_id = _id(found.get("userId")), _id(found.get("anonymousId"))
    previous_id = _id(found.get("previousId"))
    if user_id is None and anonymous_id is None:
        raise EventMalformed("Send a userId or an anonymousId.")
    name = _text(found.get("event")) if kind == "track" else _text(found.get("name"))
    group_id = _id(found.get("groupId"))
    if kind == "track" and not name:
        raise EventMalformed("A track call needs the name of its `event`.")
    if kind == "group" and group_id is None:
        raise EventMalformed("A group call needs a groupId.")
    if kind == "alias" and previous_id is None:
        raise EventMalformed("An alias call needs a previousId.")
    traits = {**_mapping(context.get("traits")), **_mapping(found.get("traits"))}
    return Call(
        kind=kind,
        message_id=_id(found.get("messageId")),
        user_id=user_id,
        anonymous_id=anonymous_id,
        previous_id=previous_id,
        group_id=group_id,
        name=name,
        traits=traits,
        properties=_mapping(found.get("properties")),
        context=context,
        at=_instant(found, now, sent_at),
    )


def digest(call: Call) -> bytes | None:
    """By what a call is known again; None for one that its sender gave no id."""
    if call.message_id is None:
        return None
    return hashlib.sha256(call.message_id.encode()).digest()


def _instant(found: Mapping[str, Any], now: datetime, sent_at: Any) -> datetime:
    """When it happened: what the sender's clock says, set right by when it says it was sent."""
    happened = _time(found.get("timestamp")) or _time(found.get("originalTimestamp"))
    if happened is None:
        return now
    sent = _time(found.get("sentAt")) or _time(sent_at)
    try:
        right = happened + (now - sent) if sent is not None else happened
    except OverflowError:
        return now
    return min(right, now) if abs(right - now) < _MOST_SKEW else now


def _time(value: Any) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def _mapping(value: Any) -> dict[str, Any]:
    return dict(value) if isinstance(value, dict) else {}


def _id(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    text = str(value).strip()
    return text if 0 < len(text) <= _MOST_CHARS else None


def _text(value: Any) -> str:
    return value.strip()[:200] if isinstance(value, str) else ""
