"""The shipped models of moods and urgency: what they know, and how they are kept."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from rapport.ai.triage.emotion import learning as emotions_learning
from rapport.ai.triage.emotion import model as emotions
from rapport.ai.triage.linear import Floats
from rapport.ai.triage.packing import ModelUnreadable
from rapport.ai.triage.splitting import split
from rapport.ai.triage.urgency import learning, rules
from rapport.ai.triage.urgency import model as urgency
from rapport.ai.triage.urgency.model import Asked
from rapport.server.commands.evals import app

DAMAGED = [b"", b"PK\x03\x04 broken", b"\x80\x04K\x01."]
FEELINGS = {"angry": 2, "happy": 17, "sad": 25}


def goemotions(folder: Path) -> Path:
    rows = [
        f"I am {feeling} about {thing} number {number}\t{label}\tid{number}"
        for feeling, label in FEELINGS.items()
        for thing in ("this", "that", "it")
        for number in range(10)
    ]
    everything = ",".join(str(label) for label in range(28))
    rows += [f"all at once {number}\t{everything}\tid" for number in range(10)]
    file = folder / "train.tsv"
    file.write_text("\n".join(rows), "utf-8")
    return file


def learned(file: Path) -> emotions.Model:
    material = emotions_learning.texts_of(file)
    return emotions_learning.learn(material, nothing(len(material.texts)), "none")


def nothing(count: int) -> Floats:
    return np.zeros((count, 384), np.float32)


def test_feelings_are_learned_from_texts_and_kept(tmp_path: Path) -> None:
    model = learned(goemotions(tmp_path))

    again = emotions.read(model.written())

    parts = split("I am happy about this")
    assert again.labels(parts, None) == model.labels(parts, None) == [FEELINGS["happy"]]
    assert again.about["texts"] == 100
    assert again.embedder == "none"


def test_a_text_always_has_a_label() -> None:
    assert len(emotions.shipped().labels(split("zxqv"), None)) >= 1
    assert len(emotions.shipped().labels(split(""), None)) >= 1


def test_the_shipped_models_are_small() -> None:
    for module in (emotions, urgency):
        assert module.FILE.stat().st_size < 3_000_000


def test_the_shipped_feelings_are_as_good_as_is_said() -> None:
    about = emotions.shipped().about

    assert about["texts"] == 43_410
    assert about["macro_f1_cross_validated"] >= 0.47
    assert about["macro_f1_cross_validated_of_words"] >= 0.47


def test_the_shipped_urgency_is_as_good_as_is_said() -> None:
    about = urgency.shipped().about

    assert about["messages"] == len(learning.shipped_messages())
    assert set(about["auroc_urgent"]) == {"all", "ar", "de", "en", "es", "fr", "pt"}


@pytest.mark.parametrize("content", DAMAGED)
def test_what_is_no_model_is_refused(content: bytes) -> None:
    with pytest.raises(ModelUnreadable):
        emotions.read(content)
    with pytest.raises(ModelUnreadable):
        urgency.read(content)


def test_a_model_of_the_other_kind_is_refused() -> None:
    with pytest.raises(ModelUnreadable):
        urgency.read(emotions.shipped().written())
    with pytest.raises(ModelUnreadable):
        emotions.read(urgency.shipped().written())


def test_our_messages_are_whole_and_in_order() -> None:
    messages = learning.shipped_messages()

    keys = [(message.language, message.text) for message in messages]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)
    assert {message.urgency for message in messages} == set(urgency.LEVELS)
    assert {message.emotion for message in messages} == set(urgency.MOODS)
    assert {flag for message in messages for flag in message.flags} == set(urgency.FLAGS)


def test_what_messages_ask_is_learned_from_them_and_kept() -> None:
    messages = [one for one in learning.shipped_messages() if one.language == "en"]
    model = learning.learn(messages, nothing(len(messages)), emotions.shipped())

    again = urgency.read(model.written())

    parts, numbers = split("Nothing works, call me"), urgency.numbers_of(["outage"], None, None)
    assert again.ask(parts, numbers) == model.ask(parts, numbers)
    assert again.about["messages"] == len(messages)
    assert again.about["auroc_urgent"]["en"] > 0.75


def asked(**levels: float) -> Asked:
    flags = dict.fromkeys(urgency.FLAGS, 0.1)
    return Asked({level: levels.get(level, 0.0) for level in urgency.LEVELS}, {}, 0.1, flags)


def test_a_rule_has_the_last_word() -> None:
    found = rules.insist(asked(low=0.6, normal=0.4), ["selfharm"])

    assert found.levels["critical"] == pytest.approx(0.9)
    assert sum(found.levels.values()) == pytest.approx(1)
    assert found.levels["low"] == pytest.approx(0.06)
    assert found.flags["vulnerable"] == 0.9


def test_what_is_certain_enough_is_left_alone() -> None:
    sure = asked(critical=0.95, high=0.05)

    assert rules.insist(sure, ["selfharm"]).levels == sure.levels
    assert rules.insist(sure, ["thanks"]) == sure


def test_eval_emotion_reads_labels_and_lines(tmp_path: Path) -> None:
    lines = tmp_path / "messages.jsonl"
    rows = [
        {"text": "Thank you so much, wonderful!", "emotion": "gratitude"},
        {"text": "This is unacceptable, I am furious!", "emotion": "anger"},
    ]
    lines.write_text("\n".join(map(json.dumps, rows)), "utf-8")

    of_labels = evaluated("emotion", goemotions(tmp_path))
    of_lines = evaluated("emotion", lines)

    assert of_labels["labels"] == 28
    assert of_labels["tested"] == 100
    assert of_lines["accuracy"] == 1.0
    assert of_lines["macro_f1"] == 1.0


def test_eval_urgency_tells_all_its_figures(tmp_path: Path) -> None:
    file = tmp_path / "messages.jsonl"
    rows = [
        message("Smoke and flames are coming out of the charger!", "critical", flags=["safety"]),
        message("Do you have gift cards?", "low"),
        message("Let me speak to a human please", "normal", wants_human=True),
    ]
    file.write_text("\n".join(map(json.dumps, rows)), "utf-8")

    found = evaluated("urgency", file)

    assert found["auroc_urgent"] == 1.0
    assert found["auroc_wish"] == 1.0
    assert found["flags"]["safety"] == {"recall": 1.0, "messages": 1, "false": 0}
    assert found["flags"]["legal"]["recall"] is None
    assert found["tested"] == 3


def message(
    text: str, level: str, *, wants_human: bool = False, flags: list[str] | None = None
) -> dict[str, object]:
    return {"text": text, "urgency": level, "wants_human": wants_human, "flags": flags or []}


def evaluated(command: str, file: Path) -> dict[str, Any]:
    ran = CliRunner().invoke(app, [command, "--test", str(file), "--words-only", "--json"])
    assert ran.exit_code == 0, ran.output
    found: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return found
