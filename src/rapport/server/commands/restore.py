"""`rapport restore`: a backup into an empty folder or database."""

import json
import signal
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from rapport.kernel.settings.process import Settings
from rapport.server.backup import keys, restoring, rewinding
from rapport.server.backup.progress import Progress
from rapport.server.backup.restoring import Restored

app = typer.Typer()
_KEYS = {
    "restored": "The key file was restored to {place}.",
    "present": "The key file {place} holds the keys this backup needs.",
    "missing": (
        "Sealed secrets (channel passwords, provider keys) stay closed until you put the key file "
        "of that time to {place}: this backup does not hold it."
    ),
}


@app.command()
def restore(
    backup: Annotated[
        Path, typer.Argument(exists=True, help="A backup, or the folder of RAPPORT_ARCHIVE_DIR.")
    ],
    at: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"],
            help="From an archive: the instant to go back to, in UTC unless it says otherwise.",
        ),
    ] = None,
    key_file: Annotated[Path | None, typer.Option(help="The backup's key.")] = None,
    passphrase_file: Annotated[Path | None, typer.Option(help="The backup's passphrase.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Only read it; restore nothing.")] = False,
    quiet: Annotated[bool, typer.Option(help="No progress on standard error.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object on the last line.")
    ] = False,
) -> None:
    """Restore into an empty data folder, or into the empty database of RAPPORT_DATABASE_URL.

    What is restored is compared with the backup's own counts and hashes; when anything is wrong,
    nothing is left behind.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that it clears up
    settings = Settings()
    progress = Progress(quiet=quiet)
    if backup.is_dir():
        instant = at.replace(tzinfo=UTC) if at and at.tzinfo is None else at
        done = rewinding.restore(settings, backup, instant, progress)
    elif at is not None:
        raise typer.BadParameter("--at needs the folder of RAPPORT_ARCHIVE_DIR, not a backup.")
    else:
        key = keys.configured(settings, key_file=key_file, passphrase_file=passphrase_file)
        if check:
            contents = restoring.check(backup, key, progress)
            progress.end()
            rows = sum(rows for rows, _ in contents["tables"].values())
            typer.echo(f"{backup} is whole: {rows:,} rows, {contents['files']:,} files.")
            return
        done = restoring.restore(settings, backup, key, progress)
    _tell(settings, done)
    if as_json:
        typer.echo(json.dumps(asdict(done)))


def _tell(settings: Settings, done: Restored) -> None:
    place = settings.key_file or settings.data_dir / "keys"
    typer.echo(
        f"Restored the state of {done.made_at}: {done.rows:,} rows in {done.tables} tables, "
        f"{done.files:,} files, {done.seconds:g} s."
    )
    colour = "yellow" if done.keys == "missing" else None
    typer.secho(_KEYS[done.keys].format(place=place), fg=colour)
    typer.echo("Start with `rapport serve`. Consoles that are still open should be loaded again.")
