"""HTTP basic authentication, by which some providers prove themselves."""

import base64
import binascii
from collections.abc import Mapping

from rapport.channels.email.receiving.hooks.calls import require_same
from rapport.channels.email.receiving.hooks.errors import HookUnsigned


def require_basic(headers: Mapping[str, str], secret: str) -> None:
    """Refuse whoever does not give the secret as the password, or `user:password` as a whole.

    Raises:
        HookUnsigned: no such header, or another password.
    """
    scheme, _, packed = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        raise HookUnsigned
    try:
        pair = base64.b64decode(packed, validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise HookUnsigned from error
    given = pair if ":" in secret else pair.partition(":")[2]
    require_same(given, secret)
