from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from typer.testing import CliRunner, Result

from rapport.kernel.context import Ctx
from rapport.kernel.events import Event, Recorded, readers
from rapport.kernel.ids import new_id
from rapport.server.commands import events

Run = Callable[..., Result]


class Knocked(Event, name="testing.knocked"):
    """Somebody knocked."""


class Listener:
    """A reader that answers the door once it is told to."""

    def __init__(self) -> None:
        self.key = f"testing.{new_id()}"
        self.is_home = False
        self.heard = 0

    async def answer(self, ctx: Ctx, event: Knocked, record: Recorded) -> None:
        if not self.is_home:
            raise ValueError("nobody is home")
        self.heard += 1


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    readers.reader(listener.key, Knocked)(listener.answer)
    yield listener
    del readers._readers[listener.key]


@pytest.fixture
def run(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("RAPPORT_DATABASE_URL", database_url)
    monkeypatch.setenv("RAPPORT_DATA_DIR", str(tmp_path))
    return lambda *arguments: CliRunner().invoke(events.app, [str(a) for a in arguments])


@pytest.fixture
def letter(database_url: str, workspace: UUID, listener: Listener) -> UUID:
    """A knock that the listener gave up on."""
    letter_id = new_id()
    with psycopg.connect(database_url, autocommit=True) as owner:
        row = owner.execute(
            "INSERT INTO events (workspace_id, name, actor, payload) "
            "VALUES (%s, 'testing.knocked', 'system:0', '{}') RETURNING tx, id",
            (workspace,),
        ).fetchone()
        assert row is not None
        owner.execute(
            "INSERT INTO dead_letters (workspace_id, id, created_at, reader, event_tx, event_id, "
            "name, error, attempts) VALUES (%s, %s, now(), %s, %s, %s, 'testing.knocked', "
            "'ValueError: nobody is home', 5)",
            (workspace, letter_id, listener.key, *row),
        )
    return letter_id


def test_a_dead_letter_is_shown_and_retried(run: Run, letter: UUID, listener: Listener) -> None:
    shown = run("dead-letters")
    assert str(letter) in shown.output
    assert "testing.knocked, 5 attempts. ValueError: nobody is home" in shown.output

    refused = run("retry", letter)
    assert refused.exit_code != 0
    assert "nobody is home" in str(refused.exception)

    listener.is_home = True
    assert run("retry", letter).exit_code == 0
    assert listener.heard == 1
    assert str(letter) not in run("dead-letters").output


def test_replay_moves_the_cursor_of_a_reader_back(
    run: Run, listener: Listener, database_url: str
) -> None:
    assert run("replay", "--reader", listener.key).exit_code != 0, "it has never run"
    with psycopg.connect(database_url, autocommit=True) as owner:
        owner.execute(
            "INSERT INTO reader_cursors (reader, tx, id, updated_at) VALUES (%s, 900, 9, now())",
            (listener.key,),
        )
    assert f"{listener.key}  900-9".split() in [
        line.split() for line in run("readers").output.splitlines()
    ]

    done = run("replay", "--reader", listener.key, "--from", "812-4711")

    assert done.exit_code == 0, done.output
    assert f"{listener.key} 812-4711".split() in [
        line.split() for line in run("readers").output.splitlines()
    ]


@pytest.mark.parametrize("cursor", ["yesterday", "12", "-"])
def test_a_cursor_that_is_none_changes_nothing(run: Run, listener: Listener, cursor: str) -> None:
    refused = run("replay", "--reader", listener.key, "--from", cursor)

    assert refused.exit_code != 0
    assert "looks like `812-4711`" in str(refused.exception)
