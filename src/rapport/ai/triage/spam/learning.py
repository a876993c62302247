"""Learning how unwanted mail is worded, from `training.json` and from messages that are none.

    python -m rapport.ai.triage.spam.learning FOLDER

writes `wording.json`. The texts of `training.json` were written for this project; of the others
(the training parts of clinc150, hwu64, bitext and goemotions, each with a licence that allows it)
only weights of words remain.
"""

import csv
import json
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from rapport.ai.triage.intents.analysis import Vocabulary
from rapport.ai.triage.spam.wording import Wording, features

_HERE: Final = Path(__file__).parent
_OF_EACH: Final = 1_500
_OTHERS_WEIGH: Final = 0.1
"""A message of another purpose, next to one that was written for this."""
_C: Final = 30.0
_SETS: Final = (
    ("clinc150/train.csv", "text"),
    ("hwu64/train.csv", "text"),
    ("bitext/train.csv", "utterance"),
)


def learn(unwanted: Sequence[str], honest: Sequence[str], others: Sequence[str]) -> Wording:
    """Tell unwanted texts from honest ones, which look like them, and from others, which do not."""
    told = [features(text) for text in (*unwanted, *honest, *others)]
    own = len(unwanted) + len(honest)
    vocabulary = Vocabulary.of(told[:own], least=1, most=10_000)
    rows = [vocabulary.weigh(one) for one in told]
    ends = np.cumsum([0, *(len(row.places) for row in rows)])
    places = np.concatenate([row.places for row in rows])
    weights = np.concatenate([row.weights for row in rows])
    matrix = csr_matrix((weights, places, ends), (len(rows), len(vocabulary)))
    target = np.arange(len(rows)) < len(unwanted)
    trust = np.where(np.arange(len(rows)) < own, 1.0, _OTHERS_WEIGH)
    machine = LogisticRegression(C=_C, max_iter=3_000).fit(matrix, target, sample_weight=trust)
    coefficients = machine.coef_[0].astype(np.float32)
    return Wording(vocabulary, coefficients, float(machine.intercept_[0]))


def material() -> tuple[list[str], list[str]]:
    """The texts that were written for this: unwanted ones, and honest ones."""
    told = json.loads((_HERE / "training.json").read_text("utf-8"))
    return told["unwanted"], told["honest"]


def others(folder: Path) -> list[str]:
    """Messages of other purposes: a part of the training part of each set."""
    chance = random.Random(7)  # noqa: S311 - which messages are taken is no secret
    found = list[str]()
    for name, column in _SETS:
        with (folder / name).open(encoding="utf-8", newline="") as opened:
            texts = [row[column] for row in csv.DictReader(opened)]
        found += chance.sample(texts, _OF_EACH)
    lines = (folder / "goemotions/train.tsv").read_text("utf-8").splitlines()
    return found + [line.split("\t")[0] for line in chance.sample(lines, 2 * _OF_EACH)]


def written(wording: Wording) -> str:
    """What `wording.learned` reads."""
    telling = wording.vocabulary.telling.tolist()
    weights = wording.coefficients.tolist()
    names = {
        name: (round(telling[at], 3), round(weights[at], 3))
        for name, at in wording.vocabulary.places.items()
    }
    told = {"bias": round(wording.bias, 4), "features": names}
    return json.dumps(told, ensure_ascii=False, indent=0) + "\n"


if __name__ == "__main__":
    wording = learn(*material(), others(Path(sys.argv[1])))
    (_HERE / "wording.json").write_text(written(wording), "utf-8")
