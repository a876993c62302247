"""Reading a message as an experienced agent would: its language, its mood, its haste."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rapport.ai.triage import concepts
from rapport.ai.triage.emotion import model as emotions
from rapport.ai.triage.linear import Floats
from rapport.ai.triage.splitting import MAX_CHARS, is_loud, split
from rapport.ai.triage.urgency import model as urgency
from rapport.ai.triage.urgency.model import OF_MOOD, Emotion, Level
from rapport.ai.triage.urgency.rules import insist
from rapport.inference.language import service as languages
from rapport.inference.language.service import KNOWN, Language

_FORCE: Final = {"frustration": 0.6, "sadness": 0.8, "confusion": 0.6, "gratitude": 0.6}
"""How strong a mood is when nothing else is known; the others are as strong as can be."""
_SHOUTING: Final = 0.2
_UNSURE_LANGUAGE: Final = 0.3
"""Below it a language is not taken for granted: English eyes look."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read in a message. Probabilities are from 0 to 1 and calibrated.

    `strength` is that of the emotion, from 0 to 1, and 0 for `neutral`; it is no probability.
    """

    language: Language
    emotion: Emotion
    emotions: Mapping[Emotion, float]
    """The probability of each; the sum is 1."""
    strength: float
    urgency: Level
    levels: Mapping[Level, float]
    """The probability of each; the sum is 1."""
    wants_person: float
    """The probability that whoever wrote it wishes to speak to a person."""
    flags: Mapping[str, float]
    """The probability of each of `urgency.model.FLAGS`."""

    @property
    def urgent(self) -> float:
        """The probability that it is of high or critical urgency."""
        return self.levels["high"] + self.levels["critical"]


class Reader:
    """Reads messages with the models that come with the program, which learned from our own."""

    def __init__(self, *, embedder: str | None = None, among: Collection[str] = KNOWN) -> None:
        """Expect languages `among`, and vectors of the embedder of this name.

        Vectors of another embedder than the models know are not looked at.
        """
        self._among = among
        self._feelings = emotions.shipped()
        self._urgency = urgency.shipped()
        self.looks_at_vectors = embedder == self._feelings.embedder
        """Whether the models learned from vectors of this embedder."""

    def read(self, texts: Sequence[str], vectors: Floats | None = None) -> list[Reading]:
        """Each text's reading, in their order; `vectors` are len(texts) x dimensions, or none.

        Of a long text the first 2,000 characters are read.
        """
        return [
            self._read(text, None if vectors is None or not self.looks_at_vectors else vectors[at])
            for at, text in enumerate(texts)
        ]

    def _read(self, text: str, vector: Floats | None) -> Reading:
        said = text[:MAX_CHARS]
        language = languages.guess(said, among=self._among)
        code = _plain(language)
        spoken = concepts.found_in(said, code)
        parts = split(said)
        if code == "en":
            feelings = self._feelings.scores(parts, vector)
            numbers = urgency.numbers_of(spoken, vector, feelings)
        else:
            numbers = urgency.numbers_of(spoken, None, None)
        asked = insist(self._urgency.ask(parts, numbers), spoken)
        shares = dict.fromkeys(OF_MOOD.values(), 0.0)
        for mood, share in asked.moods.items():
            shares[OF_MOOD[mood]] += share
        emotion = max(shares, key=shares.__getitem__)
        return Reading(
            language=language,
            emotion=emotion,
            emotions=shares,
            strength=_strength(emotion, asked.moods, is_shouted=is_loud(said)),
            urgency=max(asked.levels, key=asked.levels.__getitem__),
            levels=asked.levels,
            wants_person=asked.person,
            flags=asked.flags,
        )


def _plain(language: Language) -> str:
    """The language whose words are looked for."""
    if language.code is None or language.probability < _UNSURE_LANGUAGE:
        return "en"
    return language.code.replace("_", "-").split("-")[0].lower()


def _strength(emotion: Emotion, moods: Mapping[str, float], *, is_shouted: bool) -> float:
    """How strong an emotion is: by its moods, by how far it is from neutral, and how loud."""
    if emotion == "neutral":
        return 0.0
    own = {mood: share for mood, share in moods.items() if OF_MOOD[mood] == emotion}
    total = sum(own.values())
    force = sum(share * _FORCE.get(mood, 1.0) for mood, share in own.items()) / total
    return min(1.0, force * (1 - moods["neutral"]) + _SHOUTING * is_shouted)
