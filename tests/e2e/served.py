"""A desk between real mail servers."""

import json

from tests.dovecot import Dovecot
from tests.e2e.desk import Desk
from tests.postfix import Postfix


class ServedDesk(Desk):
    """A Rapport that may reach these mail servers, and knows who vouches for the first."""

    def __init__(self, dovecot: Dovecot, postfix: Postfix) -> None:
        super().__init__(["--demo"])
        self._dovecot, self._postfix = dovecot, postfix

    @property
    def environment(self) -> dict[str, str]:
        ports = (self._dovecot.imaps_port, self._postfix.port)
        return super().environment | {
            "RAPPORT_EGRESS_ALLOW": json.dumps([f"127.0.0.1:{port}" for port in ports]),
            "RAPPORT_MAIL_CA": str(self._dovecot.certificate),
        }
