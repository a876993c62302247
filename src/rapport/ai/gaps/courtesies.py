"""How people speak of one case, and of who they are. Six languages.

Compared with folded lines (no case, no accents) of at most a few hundred characters; no pattern
repeats within a repetition, so their time is linear.
"""

import re
from typing import Final

PERSONAL_CASE: Final = re.compile(
    "\\b(?:i|i['\u2019](?:m|ve|ll|d)|today|yesterday|tomorrow|tonight)\\b"
    "|\\b(?:ich|heute|gestern|morgen)\\b"
    "|\\b(?:yo|hoy|ayer|manana|he \\w{2,20}(?:ado|ido))\\b"
    "|\\b(?:je|j['\u2019]ai|aujourd['\u2019]hui|hier|demain)\\b"
    "|\\b(?:eu|hoje|ontem|amanha)\\b"
    "|(?:^|\\s)(?:انا|اليوم|غدا|امس)(?:\\s|$)"
)
"""A sentence about one case: who answers speaks of themselves, or of a day."""

_CALLED: Final = (
    r"my name is|name['\u2019]s|this is|i am|i['\u2019]m|ich hei(?:ß|ss)e|mein name ist|ich bin"
    r"|me llamo|mi nombre es|soy|je m['\u2019]appelle|mon nom est|je suis|meu nome (?:é|e)"
    r"|me chamo|sou"
)
_CAPITAL: Final = r"[^\W\d_a-zß-öø-ÿ][\w'\u2019-]{1,30}"
TOLD_NAME: Final = re.compile(
    rf"(?:(?i:\b(?:{_CALLED}))|اسمي)\s{{1,3}}(?P<who>{_CAPITAL}(?:\s{_CAPITAL}){{0,2}})"
)
"""Somebody says what they are called; of letters with two cases a name begins with the large."""
