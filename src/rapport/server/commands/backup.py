"""`rapport backup`: everything in one file, while Rapport runs."""

import contextlib
import json
import signal
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from rapport.kernel.database.embedded import running_url
from rapport.kernel.settings.process import Settings
from rapport.server.backup import archive, keys, making, restoring, runs
from rapport.server.backup import base as bases
from rapport.server.backup.keys import BackupKey
from rapport.server.backup.making import Made
from rapport.server.backup.progress import Progress

app = typer.Typer()


@app.command()
def backup(
    target: Annotated[
        Path | None,
        typer.Argument(
            help="A folder, or a file that ends in .backup; the present folder if none."
        ),
    ] = None,
    key_file: Annotated[
        Path | None, typer.Option(help="32 bytes to encrypt with; see docs/howto/backup.md.")
    ] = None,
    passphrase_file: Annotated[
        Path | None, typer.Option(help="A passphrase to encrypt with.")
    ] = None,
    base: Annotated[
        bool, typer.Option("--base", help="Copy the cluster into RAPPORT_ARCHIVE_DIR instead.")
    ] = False,
    check: Annotated[bool, typer.Option(help="Read the finished backup through.")] = True,
    quiet: Annotated[bool, typer.Option(help="No progress on standard error.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object on the last line.")
    ] = False,
) -> None:
    """Write a backup of the database and all files, as of one instant, while Rapport runs.

    With a key it is encrypted and holds the key file that opens sealed secrets; without one it
    holds neither protection nor those keys.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that it clears up
    settings = Settings()
    if base:
        _base(settings)
        return
    key = keys.configured(settings, key_file=key_file, passphrase_file=passphrase_file)
    progress = Progress(quiet=quiet)
    with _database(settings) as url:
        made = runs.recorded(
            url, lambda: _make(settings, url, target or Path(), key, progress, check=check)
        )
    _tell(settings, made)
    if as_json:
        typer.echo(json.dumps(asdict(made) | {"path": str(made.path)}))


def _base(settings: Settings) -> None:
    if settings.archive_dir is None:
        raise typer.BadParameter("--base needs RAPPORT_ARCHIVE_DIR.")
    with _database(settings) as url:
        made = runs.recorded(url, lambda: bases.make(settings, url), kind=runs.BASE)
    typer.echo(f"{made.path}\n  {made.bytes / 1e6:,.1f} MB")


def _make(
    settings: Settings,
    url: str,
    target: Path,
    key: BackupKey | None,
    progress: Progress,
    *,
    check: bool,
) -> Made:
    made = making.make(settings, url, making.place(target), key, progress)
    if check:
        restoring.check(made.path, key, progress)
        progress.end()
    return made


@contextlib.contextmanager
def _database(settings: Settings) -> Iterator[str]:
    """The URL of the database, which is started for the time of the backup when it does not run."""
    if settings.database_url is not None:
        yield settings.database_url.get_secret_value()
        return
    url = running_url(settings.data_dir)
    if url is not None:
        yield url
        return
    server = archive.embedded(settings)
    server.start()
    try:
        yield server.url
    finally:
        server.stop()


def _tell(settings: Settings, made: Made) -> None:
    typer.echo(
        f"{made.path}\n  {made.bytes / 1e6:,.1f} MB, {made.rows:,} rows in {made.tables} tables, "
        f"{made.files:,} files, {made.seconds:g} s"
    )
    for path in made.missing:
        typer.secho(f"  not in the file store, or damaged there: {path}", fg="yellow", err=True)
    place = settings.key_file or settings.data_dir / "keys"
    if made.encrypted:
        typer.echo(
            "  Encrypted. It holds the key file for sealed secrets too. Keep the key of the backup "
            "somewhere else than the backup: without it nobody can read it."
        )
        return
    typer.secho(
        f"  NOT encrypted, and therefore without {place}, which opens sealed secrets (channel "
        "passwords, provider keys). Keep a copy of that file in another place.",
        fg="yellow",
        err=True,
    )
