"""Postfix, the SMTP server, as Debian packages it, beside a Dovecot that keeps what it delivers.

Like Dovecot it runs in a temporary folder, and starts in about a second. It needs root.
"""

import os
import shutil
import smtplib
import ssl
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import pytest

from tests.certificates import write_certificate
from tests.dovecot import HOW, Dovecot
from tests.scale.servers import free_port, listens, until

_MAIN: Final = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = {log}
maillog_file_prefixes = /tmp, /var
myhostname = mx.rapport.test
mydestination =
local_recipient_maps =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject
smtpd_reject_unlisted_recipient = no
smtpd_tls_chain_files = {key}, {certificate}
smtpd_tls_security_level = may
smtpd_sasl_auth_enable = {sasl}
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{auth}
virtual_mailbox_domains = {domains}
virtual_mailbox_maps = static:all
virtual_transport = lmtp:inet:127.0.0.1:{lmtp}
transport_maps = inline:{{{transports}}}
default_transport = error:5.1.2 There is no such domain here
disable_dns_lookups = yes
smtp_host_lookup = native
message_size_limit = 100000000
mailbox_size_limit = 0
bounce_queue_lifetime = 1m
minimal_backoff_time = 1s
maximal_backoff_time = 2s
queue_run_delay = 1s
smtpd_client_connection_count_limit = 0
"""
_MASTER: Final = """
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
local unix - n n - - local
virtual unix - n n - - virtual
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix:
    """An SMTP server that delivers the mail of some domains to Dovecot and returns all other mail.

    Whoever is on this machine may send anything by it; with `has_login` also by STARTTLS and a name
    and password of Dovecot. `transports` lead further domains elsewhere, e.g. `{"bad.example":
    "error:5.1.1 Nobody here"}` for mail that comes back, or `"smtp:[127.0.0.1]:2525"`.
    """

    def __init__(
        self,
        dovecot: Dovecot,
        domains: Iterable[str],
        *,
        transports: Mapping[str, str] | None = None,
        has_login: bool = False,
    ) -> None:
        if not Path("/usr/sbin/postfix").exists():
            pytest.skip(f"postfix {HOW}")
        if os.geteuid() != 0:
            pytest.skip("postfix runs as root only")
        self.folder = Path(tempfile.mkdtemp(prefix="rapport-postfix-"))
        self.folder.chmod(0o755)
        self.port = free_port()
        for name in ("queue", "data", "conf"):
            (self.folder / name).mkdir()
        shutil.chown(self.folder / "data", "postfix")
        self.certificate, key = write_certificate(self.folder)
        led = ", ".join(f"{{{name} = {way}}}" for name, way in (transports or {}).items())
        values = {
            "folder": self.folder,
            "log": self.folder / "postfix.log",
            "key": key,
            "certificate": self.certificate,
            "sasl": "yes" if has_login else "no",
            "auth": dovecot.auth_port,
            "domains": ", ".join(domains),
            "lmtp": dovecot.lmtp_port,
            "transports": led or "{nowhere.invalid = error:5.1.2 Nowhere}",
        }
        (self.folder / "conf" / "main.cf").write_text(_MAIN.format(**values))
        (self.folder / "conf" / "master.cf").write_text(_MASTER.format(port=self.port))
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        """What it wrote."""
        file = self.folder / "postfix.log"
        return file.read_text() if file.exists() else ""

    @property
    def trusting(self) -> ssl.SSLContext:
        """What a client trusts that trusts this server."""
        return ssl.create_default_context(cafile=str(self.certificate))

    def start(self) -> None:
        """Begin to serve."""
        self._run("check")
        self._process = subprocess.Popen(
            ["/usr/sbin/postfix", "-c", str(self.folder / "conf"), "start-fg"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        until(lambda: listens(self.port), "Postfix listens")

    def stop(self) -> None:
        """Serve no more; what is queued stays."""
        if self._process is not None:
            self._run("stop")
            self._process.wait(20)
            self._process = None

    def close(self) -> None:
        """Stop, and leave nothing behind."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def send(self, sender: str, to: str, raw: bytes) -> None:
        """Hand over a message by SMTP, as a customer's mail program does."""
        with smtplib.SMTP("127.0.0.1", self.port) as smtp:
            smtp.sendmail(sender, [to], raw)

    def _run(self, what: str) -> None:
        command = ["/usr/sbin/postfix", "-c", str(self.folder / "conf"), what]
        subprocess.run(command, check=False, capture_output=True, timeout=30)
