"""What no model may overlook: rules that have the last word."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from rapport.ai.triage.urgency.model import Asked, Level


class _Rule(NamedTuple):
    """Where a concept is spoken of: the least probability of a level and of some flags."""

    level: Level
    least: float
    flags: Sequence[str]


_RULES: Final[Mapping[str, _Rule]] = {
    "selfharm": _Rule("critical", 0.9, ("safety", "vulnerable")),
}


def insist(asked: Asked, spoken: Sequence[str]) -> Asked:
    """The same, or what the rules insist on, where the concepts `spoken` of demand it."""
    for concept in set(spoken) & _RULES.keys():
        rule = _RULES[concept]
        flags = {flag: max(asked.flags[flag], rule.least) for flag in rule.flags}
        asked = asked._replace(
            levels=_at_least(asked.levels, rule.level, rule.least), flags={**asked.flags, **flags}
        )
    return asked


def _at_least(levels: Mapping[Level, float], level: Level, least: float) -> Mapping[Level, float]:
    """The levels with `level` of probability `least` or more; the others share the rest."""
    if levels[level] >= least:
        return levels
    shrunk = (1 - least) / (1 - levels[level])
    return {name: least if name == level else share * shrunk for name, share in levels.items()}
