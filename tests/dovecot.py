"""Dovecot, the IMAP and LMTP server, as Debian packages it.

It runs in a temporary folder, on loopback, on its own ports. `scripts/servers` installs it; where
it is missing, the tests that need it are skipped and say so. Everything here blocks, but never for
long: starting takes a quarter of a second.
"""

import grp
import itertools
import os
import pwd
import shutil
import smtplib
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import pytest

from tests.certificates import write_certificate
from tests.scale.servers import free_port, listens, until

HOW: Final = "is not installed: run scripts/servers as root (Debian)"
PASSWORD: Final = 'cor"rect \\ horse'  # what must be quoted is part of it
"""Opens every account at Dovecot; there is an account for every name."""

_DOVECOT: Final = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap lmtp
listen = 127.0.0.1
mail_location = maildir:{folder}/mail/%n
first_valid_uid = 1
{accounts}
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
disable_plaintext_auth = no
auth_mechanisms = plain login {mechanisms}
auth_username_format = %Lu
auth_failure_delay = 0 secs
mail_max_userip_connections = 200
passdb {{
  driver = passwd-file
  mechanisms = plain login
  args = scheme=plain {folder}/users
}}
{oauth}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%n allow_all_users=yes
}}
namespace inbox {{
  inbox = yes
  mailbox Sent {{
    auto = create
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp}
  }}
}}
service auth {{
  inet_listener {{
    address = 127.0.0.1
    port = {auth}
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""
_OAUTH: Final = """
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {folder}/oauth2.conf
}}
"""
_INTROSPECTION: Final = """
introspection_url = {url}
introspection_mode = post
username_attribute = username
active_attribute = active
active_value = true
"""


def owner() -> tuple[str, str]:
    """Whose mail it is: nobody's when we are root, since Dovecot serves root no mail."""
    if os.geteuid() == 0:
        return "nobody", "nogroup"
    return pwd.getpwuid(os.geteuid()).pw_name, grp.getgrgid(os.getegid()).gr_name


class Dovecot:
    """An IMAP and LMTP server. Whoever knows the password has an account, whatever the name.

    Ports, mail and certificate stay the same when it is stopped and started again.
    """

    def __init__(self, *, introspection_url: str | None = None) -> None:
        """With `introspection_url` it takes OAuth tokens that are good there (RFC 7662)."""
        if not Path("/usr/sbin/dovecot").exists():
            pytest.skip(f"dovecot {HOW}")
        if not Path("/usr/lib/dovecot/lmtp").exists():
            pytest.skip(f"dovecot-lmtpd {HOW}")
        self.folder = Path(tempfile.mkdtemp(prefix="rapport-dovecot-"))
        self.imap_port, self.imaps_port = free_port(), free_port()
        self.lmtp_port, self.auth_port = free_port(), free_port()
        self._numbers = itertools.count(1)
        self._introspection_url = introspection_url
        self._process: subprocess.Popen[bytes] | None = None
        self.certificate, self._key = write_certificate(self.folder)
        self._write_settings()

    @property
    def log(self) -> str:
        """What it wrote."""
        return (self.folder / "dovecot.log").read_text()

    @property
    def trusting(self) -> ssl.SSLContext:
        """What a client trusts that trusts this server."""
        return ssl.create_default_context(cafile=str(self.certificate))

    def start(self) -> None:
        """Begin to serve."""
        self._process = subprocess.Popen(
            ["/usr/sbin/dovecot", "-F", "-c", str(self.folder / "dovecot.conf")],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until(lambda: listens(self.imap_port) and listens(self.lmtp_port), "Dovecot listens")

    def stop(self) -> None:
        """Serve no more; every connection ends."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(20)
            self._process = None
            until(lambda: not listens(self.imap_port), "Dovecot is gone")

    def close(self) -> None:
        """Stop, and leave nothing behind."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def add_user(self, name: str) -> None:
        """Let somebody sign in with `PASSWORD`; mail is taken for everybody anyway."""
        with (self.folder / "users").open("a") as users:
            users.write(f"{name}:{{PLAIN}}{PASSWORD}\n")

    def deliver(self, to: str, raw: bytes) -> None:
        """Hand over a message by LMTP, as a mail server does."""
        with smtplib.LMTP("127.0.0.1", self.lmtp_port) as lmtp:
            lmtp.sendmail("bounces@sender.example", [to], raw)

    def put(self, user: str, raws: Iterable[bytes], folder: str = "INBOX") -> None:
        """Lay messages into a folder; thousands a second."""
        place = self.maildir(user, folder)
        for each in ("tmp", "new", "cur"):
            (place / each).mkdir(parents=True, exist_ok=True)
        self._own(self.folder / "mail" / user, self.folder / "mail" / user)
        now = int(time.time())
        for raw in raws:
            name = f"{now}.M{next(self._numbers)}P1.test"
            (place / "tmp" / name).write_bytes(raw)
            self._give(place / "tmp" / name)
            (place / "tmp" / name).rename(place / "new" / name)
        self._own(place, place)

    def maildir(self, user: str, folder: str = "INBOX") -> Path:
        """Where a folder lies."""
        home = self.folder / "mail" / user
        return home if folder == "INBOX" else home / f".{folder}"

    def names(self, user: str, folder: str = "INBOX") -> set[str]:
        """The files of a folder's messages without what is only bookkeeping: flags stay."""
        place = self.maildir(user, folder)
        files = itertools.chain((place / "new").iterdir(), (place / "cur").iterdir())
        return {file.name.partition(",S=")[0] + _flags(file.name) for file in files}

    def renumber(self, user: str, folder: str = "INBOX", *, uid_validity: int) -> None:
        """Give all messages of a folder other UIDs; Dovecot must not run."""
        place = self.maildir(user, folder)
        for pattern in ("dovecot.index*", "dovecot-uidlist"):
            for file in place.glob(pattern):
                file.unlink()
        (place / "dovecot-uidlist").write_text(f"3 V{uid_validity} N1 G{os.urandom(16).hex()}\n")
        self._give(place / "dovecot-uidlist")

    def _write_settings(self) -> None:
        user, group = owner()
        mine = f"default_login_user = {user}\ndefault_internal_user = {user}\n"
        mine += f"default_internal_group = {group}"
        oauth = self._introspection_url
        self.folder.chmod(0o755)
        values = {
            "folder": self.folder,
            "accounts": "" if os.geteuid() == 0 else mine,
            "uid": user,
            "gid": group,
            "certificate": self.certificate,
            "key": self._key,
            "mechanisms": "xoauth2 oauthbearer" if oauth else "",
            "oauth": _OAUTH.format(folder=self.folder) if oauth else "",
            "imap": self.imap_port,
            "imaps": self.imaps_port,
            "lmtp": self.lmtp_port,
            "auth": self.auth_port,
        }
        (self.folder / "dovecot.conf").write_text(_DOVECOT.format(**values))
        (self.folder / "oauth2.conf").write_text(_INTROSPECTION.format(url=oauth))
        (self.folder / "users").touch()
        (self.folder / "users").chmod(0o644)
        (self.folder / "mail").mkdir()
        self._give(self.folder / "mail")

    def _own(self, top: Path, place: Path) -> None:
        for path in {top, place, *(place / each for each in ("tmp", "new", "cur"))}:
            self._give(path)

    def _give(self, path: Path) -> None:
        if os.geteuid() == 0:
            user, group = owner()
            shutil.chown(path, user, group)


def _flags(name: str) -> str:
    """What is marked on a message, by its file's name."""
    return ":" + name.rpartition(":2,")[2] if ":2," in name else ":"
