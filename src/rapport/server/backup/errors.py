"""What can be wrong with a backup."""

from rapport.kernel.errors import Conflict, RapportError


class BackupDamaged(RapportError):
    """This backup is damaged."""


class NotABackup(RapportError):
    """This is no backup of Rapport, or one in a form this version does not know."""


class BackupKeyNeeded(RapportError):
    """This backup is encrypted; give its key with --key-file or --passphrase-file."""


class BackupKeyWrong(RapportError):
    """This is not the key that this backup was encrypted with."""


class BackupKeyUnusable(RapportError):
    """The file with the backup's key cannot be used."""


class BackupExists(Conflict):
    """There is a file of that name already; a backup never replaces one."""


class BackupFailed(RapportError):
    """The backup could not be made; nothing was left behind."""


class RestoreFailed(RapportError):
    """The backup could not be restored; nothing was left behind."""


class NotEmpty(Conflict):
    """Rapport restores only into an empty data folder and an empty database."""


class ProgramTooOld(RapportError):
    """PostgreSQL's own pg_dump and pg_restore must be of at least the server's version."""


class TooNew(RapportError):
    """This backup was made by a newer Rapport; install at least that version first."""
