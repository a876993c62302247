"""What is learned from, and what is held back to try a model on."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from rapport.ai.triage.intents.analysis import MAX_CHARS
from rapport.ai.triage.training.ports import BY_PEOPLE, Example, Labels
from rapport.kernel.context import Ctx
from rapport.kernel.folding import fold

MOST: Final = 50_000
"""Of more examples, the first are taken."""
HELD_BACK: Final = 51
"""Of 256 texts so many are held back: one in five."""
ENOUGH: Final = 100
"""With so many messages held back that people labelled, models are tried on them alone."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """Examples, on the two sides."""

    learned: Sequence[Example]
    held: Sequence[Example]
    are_peoples: bool
    """Whether people labelled each of `held`."""
    digest: str
    """SHA-256 of what is learned from, in hex: of the same in any order."""

    @property
    def sources(self) -> set[UUID]:
        """The conversations that any of it is from."""
        both = (*self.learned, *self.held)
        return {one.conversation_id for one in both if one.conversation_id is not None}


async def gather(ctx: Ctx) -> Gathered:
    """All examples of the workspace, at most `MOST`."""
    found: list[Example] = []
    async for some in ctx.port(Labels).examples(ctx):
        found += [one for one in some if one.text.strip()]
        if len(found) >= MOST:
            break
    return choose(found[:MOST])


def choose(examples: Sequence[Example]) -> Gathered:
    """Take examples apart.

    A text is on the same side in every training, whatever became of it in between: no model was
    ever taught what any is tried on. What was typed is always learned from.
    """
    typed = _typed(examples)
    held, learned = list[Example](), list(typed.values())
    for one in (one for one in examples if one.kind != "typed"):
        key = key_of(one.text)
        (held if key not in typed and key[0] < HELD_BACK else learned).append(one)
    by_people = [one for one in held if one.kind in BY_PEOPLE]
    is_enough = len(by_people) >= ENOUGH
    return Gathered(
        learned,
        by_people if is_enough else held,
        is_enough or len(by_people) == len(held) > 0,
        _digest(learned),
    )


def _typed(examples: Sequence[Example]) -> dict[bytes, Example]:
    """What was typed, once each: a text typed for several intents is about all of them."""
    found: dict[bytes, Example] = {}
    for one in (one for one in examples if one.kind == "typed"):
        before = found.setdefault(key_of(one.text), one)
        intents = tuple(dict.fromkeys((*before.intents, *one.intents)))
        found[key_of(one.text)] = replace(before, intents=intents)
    return found


def key_of(text: str) -> bytes:
    """The same for texts that differ in case, accents or space around them only."""
    return hashlib.sha256(fold(text[:MAX_CHARS]).strip().encode(errors="replace")).digest()


def _digest(examples: Collection[Example]) -> str:
    whole = hashlib.sha256()
    for line in sorted(key_of(one.text) + _intents(one) for one in examples):
        whole.update(line)
    return whole.hexdigest()


def _intents(one: Example) -> bytes:
    return b"".join(sorted(intent.bytes for intent in one.intents))
