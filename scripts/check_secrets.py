"""Looks for keys, tokens and passwords in what is under version control. Needs no network.

By the form that providers give their keys, by names that ask for a secret, and by how random a
text is. What was found and is none stands in `scripts/not_secrets.txt`, as a hash with a reason.
Our own few patterns rather than a library: detect-secrets has had no release since 2024.
"""

import hashlib
import math
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).parents[1]
KNOWN: Final = PROJECT / "scripts" / "not_secrets.txt"
MAX_BYTES: Final = 2_000_000
LOCKS: Final = ("requirements.lock", "web/package-lock.json")
"""Nothing but names and hashes."""

FORMS: Final = {
    "a private key": r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s*[A-Za-z0-9+/=\\n]{40}",
    "an AWS key": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "a GitHub token": r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60,})",
    "a GitLab token": r"\bglpat-[A-Za-z0-9_-]{20,}",
    "a Slack token": r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}",
    "a Google key": r"\bAIza[0-9A-Za-z_-]{35}\b",
    "a Stripe key": r"\b[rs]k_live_[0-9A-Za-z]{20,}",
    "an OpenAI or Anthropic key": r"\bsk-(?:ant-|proj-)?[A-Za-z0-9_-]{32,}",
    "an npm or PyPI token": r"\b(?:npm_[A-Za-z0-9]{36}|pypi-AgEI[A-Za-z0-9_-]{50,})",
    "a key of Rapport": r"\brk_[A-Za-z0-9]{8}_[A-Za-z0-9_-]{30,}",
    "a signed token": r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}",
    "a password in an address": r"\b[a-z][a-z0-9+]{2,}://[^\s/:@\"'{}<>$]+:[^\s/:@\"'{}<>$*]{6,}@",
}
NAMED: Final = re.compile(
    r"(?i)(?:secret|token|password|passwd|api_?key|private_?key|credential)s?[\"']?\s*"
    r"[:=]\s*[\"']([A-Za-z0-9+/_=.-]{20,})[\"']"
)
LONGEST: Final = re.compile(r"[\"']([A-Za-z0-9+/_-]{40,}={0,2})[\"']")
_FORMS: Final = {what: re.compile(form) for what, form in FORMS.items()}


def found(text: str) -> Iterator[tuple[str, str]]:
    """What looks like a secret in a text, and the text of it."""
    for what, form in _FORMS.items():
        for match in form.finditer(text):
            yield what, match[0]
    for match in NAMED.finditer(text):
        if randomness(match[1]) > 3.5:
            yield "a random text under a telling name", match[1]
    for match in LONGEST.finditer(text):
        if randomness(match[1]) > 4.6 and not _is_words(match[1]):
            yield "a long random text", match[1]


def randomness(text: str) -> float:
    """Shannon's entropy in bits per character: prose has about 4 with spaces, a key 4.5 to 6."""
    counts = Counter(text)
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts.values())


def _is_words(text: str) -> bool:
    """Whether a long text is a path or an alphabet: few changes between letters and digits."""
    changes = sum(a.isdigit() != b.isdigit() for a, b in pairwise(text))
    return changes < len(text) / 20


def fingerprint(path: str, secret: str) -> str:
    """How the list of what is no secret names a find, without repeating it."""
    return hashlib.sha256(f"{path}\n{secret}".encode()).hexdigest()[:20]


def tracked() -> Iterator[tuple[str, str]]:
    """The text files that are, or are about to be, under version control, with their content."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=PROJECT,
        capture_output=True,
        check=True,
    ).stdout
    for name in sorted(filter(None, listed.decode().split("\0"))):
        path = PROJECT / name
        if name in LOCKS or not path.is_file() or path.stat().st_size > MAX_BYTES:
            continue
        raw = path.read_bytes()
        if b"\x00" not in raw:
            yield name, raw.decode("utf-8", "replace")


def known() -> set[str]:
    """The fingerprints of what a person has looked at."""
    if not KNOWN.is_file():
        return set()
    lines = KNOWN.read_text("utf-8").splitlines()
    return {line.split()[0] for line in lines if line and not line.startswith("#")}


def main() -> int:
    """Say what was found, never the secret itself; 1 when something was."""
    fine, faults = known(), []
    for path, text in tracked():
        for what, secret in found(text):
            mark = fingerprint(path, secret)
            if mark not in fine:
                line = text[: text.index(secret)].count("\n") + 1
                faults.append(f"{path}:{line} holds {what} ({mark})")
    for fault in dict.fromkeys(faults):
        sys.stdout.write(f"{fault}\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
