"""Which domains belong to the same people: what is left of a public suffix, with one label more."""

import importlib.util
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

_LIST: Final = "public_suffix_list.txt"


@lru_cache(maxsize=4_096)
def organisational(domain: str) -> str:
    """The organisational domain of a domain (RFC 7489, section 3.2); itself when it is a suffix.

    Domains are ASCII in small letters, without a final dot.
    """
    labels = domain.split(".")
    rules = _rules()
    for start in range(len(labels)):
        name = ".".join(labels[start:])
        if f"!{name}" in rules:
            return name
        if name in rules or f"*.{'.'.join(labels[start + 1 :])}" in rules:
            return ".".join(labels[max(start - 1, 0) :])
    return ".".join(labels[-2:])


@cache
def _rules() -> frozenset[str]:
    """The rules of the public suffix list that comes with authheaders: 10,000 names of the DNS.

    Only the list is taken from there: authheaders itself reads the file anew with every question.
    """
    spec = importlib.util.find_spec("authheaders")
    assert spec is not None, "authheaders is a dependency"
    assert spec.origin is not None, "it is a package with an __init__.py"
    lines = Path(spec.origin).with_name(_LIST).read_text("utf-8").splitlines()
    rules = (line.split()[0] for line in lines if line.strip() and not line.startswith("//"))
    return frozenset(_as_dns(rule) for rule in rules)


def _as_dns(rule: str) -> str:
    return rule if rule.isascii() else rule.encode("idna").decode("ascii")
