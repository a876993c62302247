"""How the folders of a mailbox do, for people, for the log and for Prometheus."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal

from rapport.channels.email.events import MailboxHealthChanged
from rapport.channels.email.models import Folder
from rapport.channels.email.receiving.imap.places import Place
from rapport.channels.email.receiving.imap.repository import FolderRepository
from rapport.channels.email.settings.problems import Problem
from rapport.kernel.context import Ctx
from rapport.kernel.events import emit
from rapport.kernel.telemetry import metrics

State = Literal["connecting", "catching_up", "listening", "failing"]

_FOLDER: Final = ("inbox_id", "folder")
_UP: Final = metrics.gauge("imap_up", "1 while a folder is followed, 0 while that fails.", _FOLDER)
_BEHIND: Final = metrics.gauge("imap_behind", "Messages that are still to be fetched.", _FOLDER)
_ANSWERED: Final = metrics.gauge(
    "imap_answered_timestamp_seconds", "When the server of a folder last answered.", _FOLDER
)
_PROBLEMS: Final = metrics.counter(
    "imap_problems", "Sessions that failed, by reason.", ("problem",)
)
_MAILS: Final = metrics.counter("imap_mails", "Messages, and what was done about them.", ("fate",))
_LAG: Final = metrics.histogram(
    "imap_lag_seconds",
    "From a server's getting a message to our having it.",
    buckets=(1, 2, 5, 10, 30, 60, 300, 3_600, 86_400),
)


async def say(
    ctx: Ctx, place: Place, state: State, *, error: Problem | None = None, answered: bool = False
) -> None:
    """Note how a folder does; tell the log when its mailbox begins to fail or works again."""
    folders = FolderRepository(ctx, place.inbox_id)
    rows = await folders.lock()
    row = next((row for row in rows if row.name == place.folder), None)
    if row is None:
        return  # it was taken out of the settings meanwhile
    before = _worst(rows)
    row.state, row.error = state, error
    row.failing_since = (row.failing_since or ctx.now()) if state == "failing" else None
    if answered:
        row.seen_at = ctx.now()
    await ctx.session.flush()
    after = _worst(rows)
    if before != after:
        told = "failing" if after else state
        changed = MailboxHealthChanged(inbox_id=place.inbox_id, state=told, error=after)
        await emit(ctx, changed, subject=place.inbox_id)


def _worst(rows: Sequence[Folder]) -> str | None:
    """What is wrong with a mailbox, by the first of its folders that fails."""
    return next((row.error for row in rows if row.state == "failing"), None)


def observe(place: Place, *, up: bool | None = None, behind: int | None = None) -> None:
    """Set the gauges of a folder."""
    labels = (str(place.inbox_id), place.folder)
    if up is not None:
        _UP.labels(*labels).set(int(up))
    if behind is not None:
        _BEHIND.labels(*labels).set(behind)


def answered(place: Place, at: datetime) -> None:
    """Note when the server of a folder answered."""
    _ANSWERED.labels(str(place.inbox_id), place.folder).set(at.timestamp())


def failed(problem: Problem) -> None:
    """Count a session that failed."""
    _PROBLEMS.labels(problem).inc()


def counted(fate: Literal["kept", "known", "truncated", "gone", "unreadable"], by: int = 1) -> None:
    """Count messages."""
    if by:
        _MAILS.labels(fate).inc(by)


def lagged(got_at: datetime, now: datetime) -> None:
    """Note how long a message took from the server's having it to our having it."""
    _LAG.observe(max(0.0, (now - got_at).total_seconds()))


def forget(place: Place) -> None:
    """Show no numbers of a folder that is not followed any more."""
    for gauge in (_UP, _BEHIND, _ANSWERED):
        try:
            gauge.remove(str(place.inbox_id), place.folder)
        except KeyError:
            continue
