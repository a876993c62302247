"""robots.txt (RFC 9309): what a site asks of those who visit it by program."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rapport.knowledge.sources.web.patterns import matches

NAME: Final = "RapportBot"
"""How robots.txt calls us."""
MAX_BYTES: Final = 500 * 1024
MAX_DELAY_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class Robots:
    """Rules as pairs of whether it is allowed and a pattern; seconds between visits; sitemaps."""

    rules: Sequence[tuple[bool, str]] = ()
    delay_s: float = 0.0
    sitemaps: Sequence[str] = ()

    def allows(self, path: str) -> bool:
        """Whether a path may be fetched: the longest rule that fits decides, in doubt for us."""
        fitting = [(len(p), allowed) for allowed, p in self.rules if matches(p, path)]
        return max(fitting, default=(0, True))[1]


def parse(text: str) -> Robots:
    """What a robots.txt says to us: the groups that name us, else those for everybody."""
    own, others = _Group(), _Group()
    sitemaps: list[str] = []
    named: list[_Group] = []
    is_naming = False
    for line in text.removeprefix("\ufeff").splitlines():
        field, colon, value = line.partition("#")[0].partition(":")
        field, value = field.strip().lower(), value.strip()
        if not colon:
            continue
        if field == "sitemap":
            sitemaps.append(value)
        elif field == "user-agent":
            named = named if is_naming else []
            is_naming = True
            group = own if value.lower() == NAME.lower() else others if value == "*" else None
            if group is not None:
                group.is_named = True
                named.append(group)
        else:
            is_naming = False
            for group in named:
                group.take(field, value)
    chosen = own if own.is_named else others
    return Robots(chosen.rules, chosen.delay_s, sitemaps)


class _Group:
    """What is said to one kind of visitor, gathered from all places."""

    def __init__(self) -> None:
        self.is_named = False
        self.rules: list[tuple[bool, str]] = []
        self.delay_s = 0.0

    def take(self, field: str, value: str) -> None:
        if field in {"allow", "disallow"} and value:
            self.rules.append((field == "allow", value))
        elif field == "crawl-delay":
            try:
                wanted = float(value)
            except ValueError:
                return
            if wanted > 0:
                self.delay_s = min(wanted, MAX_DELAY_S)
