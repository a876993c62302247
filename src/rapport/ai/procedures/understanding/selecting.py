"""Which procedure a customer wants, learned from the examples that each procedure gives."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from rapport.ai.procedures.language import Procedure
from rapport.ai.procedures.understanding.features import Words
from rapport.ai.procedures.understanding.strangers import STRANGERS
from rapport.inference.ports import Embedder

NOTHING: Final = ""
"""What strangers want."""
SURE: Final = 0.45
"""From this probability on a procedure may be chosen without asking."""
LEAD: Final = 1.6
"""Whoever is not so many times as likely as the next is asked about."""
POSSIBLE: Final = 0.18
"""Below this probability nothing is offered."""
MOST_OFFERED: Final = 3
ALIKE: Final = 0.8
"""What is so near to an example of the likeliest procedure is meant for it, without asking."""
_REGULARITY: Final = 12.0
_REGULARITY_OF_WORDS: Final = 60.0
_NEARNESS: Final = 0.3
"""How much the nearest example counts beside what was learned from all."""
_SHARPNESS: Final = 0.06
_WHOLE: Final = 0.6
"""How much the whole text counts beside its sentences."""
_MAX_CHARS: Final = 1_500
_MOST_SENTENCES: Final = 6
_NAMES: Final = re.compile(r"\S+@\S+|#?\b[A-Za-z]{0,4}-?\d[\w-]*")
_SENTENCE: Final = re.compile(r"(?<=[.!?;\n\u061f])\s+|\s+-\s+")
_PLEASANTRY: Final = re.compile(
    r"^(?:hi|hiya|hello|hey|yo|good (?:morning|afternoon|evening|day)|dear \w+|hallo|"
    r"guten (?:tag|morgen)|bonjour|hola|ola)(?: there| team| everyone)?\b[\s,.!:-]*",
    re.IGNORECASE,
)
_OF_ORDERS: Final = frozenset({"order", "reference"})
_STANDS_FOR: Final = {"order": " order ", "reference": " order ", "product": " item "}
Rows = NDArray[np.float32]


class Placed(Protocol):
    """Something a text names, with its place."""

    @property
    def kind(self) -> str:
        """What it is."""

    @property
    def start(self) -> int:
        """Where it begins."""

    @property
    def end(self) -> int:
        """Where it ends."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What fits, the best first: one is chosen, of several the customer is asked, none fits none.

    `scores` are the probabilities of all procedures, by id; they and that of none sum to 1.
    """

    candidates: tuple[str, ...]
    scores: Mapping[str, float]

    @property
    def chosen(self) -> str | None:
        """The procedure that is meant for sure."""
        return self.candidates[0] if len(self.candidates) == 1 else None


class Selector:
    """Has learned the examples of some procedures: by vectors and words, or by words alone."""

    def __init__(
        self,
        by_words: "_Learned | None",
        by_both: "_Learned | None",
        words: Words,
        embedder: Embedder | None,
    ) -> None:
        self._by_words = by_words
        self._by_both = by_both
        self._words = words
        self._embedder = embedder

    @classmethod
    async def of(cls, procedures: Sequence[Procedure], embedder: Embedder | None) -> Self:
        """Learn the examples; each procedure counts the same, however many it has."""
        pairs = [
            (procedure.id, masked(example))
            for procedure in procedures
            for examples in procedure.when.examples.values()
            for example in examples
        ]
        pairs += [(NOTHING, masked(line)) for line in STRANGERS]
        owners, texts = [owner for owner, _ in pairs], [text for _, text in pairs]
        words = Words.of(texts)
        rows = words.rows(texts)
        if len(set(owners)) < 2:
            return cls(None, None, words, None)
        by_both = None
        if embedder is not None:
            vectors = await embedder.embed(texts)
            by_both = _Learned(np.hstack([vectors, rows]), owners, _REGULARITY)
        return cls(_Learned(rows, owners, _REGULARITY_OF_WORDS), by_both, words, embedder)

    async def select(
        self, text: str, language: str = "en", named: Sequence[Placed] = ()
    ) -> Selection:
        """What a message is for; `named` is what it names."""
        if self._by_words is None:
            return Selection((), {})
        pieces = _pieces(masked(text, named))
        model, rows = self._by_words, self._words.rows(pieces)
        if self._by_both is not None and self._embedder and self._embedder.speaks(language):
            model = self._by_both
            rows = np.hstack([await self._embedder.embed(pieces), rows])
        likely = model.likely(rows)
        if any(one.kind in _OF_ORDERS for one in named):
            likely.pop(NOTHING)  # whoever names an order does not want to chat
        return _decided(likely, model.alike(rows[0]))


def masked(text: str, named: Iterable[Placed] = ()) -> str:
    """A text without the names that say nothing about what is wanted; some leave their kind."""
    text = text[:_MAX_CHARS]
    for one in sorted(named, key=lambda it: -it.start):
        if one.end <= len(text) and one.kind in _STANDS_FOR:
            text = text[: one.start] + _STANDS_FOR[one.kind] + text[one.end :]
    return " ".join(_NAMES.sub(" ", text).replace(" #", " ").split())


class _Learned:
    """A model of examples, and the examples."""

    def __init__(self, rows: Rows, owners: Sequence[str], regularity: float) -> None:
        counts = Counter(owners)
        weights = [len(owners) / len(counts) / counts[owner] for owner in owners]
        model = LogisticRegression(C=regularity, max_iter=500)
        self._model = model.fit(rows, owners, sample_weight=weights)
        self._rows, self._of = _unit(rows), np.array(owners)

    def likely(self, rows: Rows) -> dict[str, float]:
        """How likely each procedure is meant by a text: its first row is of all, the others of
        its sentences.
        """
        each = (1 - _NEARNESS) * self._model.predict_proba(rows) + _NEARNESS * self._near(rows)
        rest = each[1:].mean(axis=0) if len(each) > 1 else each[0]
        mixed = _WHOLE * each[0] + (1 - _WHOLE) * rest
        return dict(zip(map(str, self._model.classes_), map(float, mixed), strict=True))

    def _near(self, rows: Rows) -> Rows:
        """How near the nearest example of each procedure is, as parts of 1."""
        near = _unit(rows) @ self._rows.T
        best = np.stack([near[:, self._of == owner].max(axis=1) for owner in self._model.classes_])
        weights = np.exp((best - best.max(axis=0)) / _SHARPNESS)
        return np.asarray((weights / weights.sum(axis=0)).T, np.float32)

    def alike(self, row: Rows) -> str | None:
        """Whose example is nearly the same text."""
        near = self._rows @ _unit(row[np.newaxis])[0]
        best = int(np.argmax(near))
        return str(self._of[best]) if near[best] >= ALIKE else None


def _unit(rows: Rows) -> Rows:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1), np.float32)


def _decided(likely: dict[str, float], alike: str | None) -> Selection:
    stranger = likely.pop(NOTHING, 0.0)
    whole = stranger + sum(likely.values())
    likely = {owner: part / whole for owner, part in likely.items()}
    stranger /= whole
    ranked = sorted(likely, key=lambda owner: -likely[owner])
    best = likely[ranked[0]]
    if alike == ranked[0]:
        return Selection((alike,), likely)
    others = max([stranger, *(likely[it] for it in ranked[1:2])])
    if best < POSSIBLE or stranger > best:
        return Selection((), likely)
    if best >= SURE and best >= LEAD * others:
        return Selection((ranked[0],), likely)
    if best >= 2 * LEAD * others:
        return Selection((ranked[0],), likely)
    close = [it for it in ranked[:MOST_OFFERED] if likely[it] >= max(best / 2.5, POSSIBLE / 2)]
    return Selection(tuple(close if len(close) > 1 else ranked[:2]), likely)


def _pieces(plain: str) -> list[str]:
    """The whole text and then its sentences, without greetings."""
    plain = _PLEASANTRY.sub("", plain).strip() or plain
    parts = [part.strip() for part in _SENTENCE.split(plain)]
    long = [part for part in parts if len(part.split()) > 2][:_MOST_SENTENCES]
    return [plain, *(long if len(parts) > 1 else [])]
