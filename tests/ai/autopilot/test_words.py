import pytest

from rapport.ai.autopilot import decide, words
from rapport.ai.autopilot.decide import Evidence, Limits

MESSAGES = {
    "person": [
        "Can I talk to a person, please?",
        "I would like to speak to a human.",
        "Connect me to an agent",
        "is this a bot?",
        "Ich möchte mit einem Mitarbeiter sprechen",
        "Je voudrais parler à un humain",
        "Quiero hablar con una persona",
        "Kan jeg snakke med et menneske?",
        "Jag vill prata med en människa",
        "Ik wil een medewerker spreken",
        "أريد التحدث مع موظف",
    ],
    "unhelpful": [
        "That does not answer my question",
        "I tried that already.",
        "Das hilft mir leider nicht",
    ],
    "thanks": ["Thanks, that helps!", "👍", "Vielen Dank!", "شكرا", "Perfect, thank you."],
    "greeting": ["Hello", "Good morning", "Hallo zusammen", "مرحبا", "Hei!"],
    None: [
        "How do I return boots?",
        "Which support boots do you have?",
        "Hello, where is my order?",
        "Thanks, but when does it arrive?",
        "What is the telephone number of your customer service?",
        "",
        "🤔",
        "Do you have a tent for two people?",
    ],
}


@pytest.mark.parametrize(("intent", "text"), [(i, t) for i, ts in MESSAGES.items() for t in ts])
def test_what_a_message_is_besides_a_question(intent: str | None, text: str) -> None:
    assert words.intent(text) == intent


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Where is my order?", "en"),
        ("Wo ist meine Bestellung?", "de"),
        ("Où est ma commande ?", "fr"),
        ("¿Dónde está mi pedido?", "es"),
        ("Hvor er pakken min?", "nb"),
        ("أين طلبي؟", "ar"),
        ("FF482913", "sv"),
    ],
)
def test_the_language_shows_in_script_and_small_words(text: str, language: str) -> None:
    assert words.language(text, default="sv" if text == "FF482913" else "en") == language


def test_forms_of_a_word_are_the_same_and_others_are_not() -> None:
    assert words.is_same("return", "returning")
    assert words.is_same("sizes", "size")
    assert words.is_same("delivery", "delivered")
    assert not words.is_same("car", "card")
    assert not words.is_same("tent", "rent")
    assert not words.is_same("storfjord2", "storfjord4")


def test_coverage_is_the_share_of_the_content_words() -> None:
    asked = words.content("How do I wash my down jacket?")

    assert words.coverage(asked, "Washing jackets") == pytest.approx(2 / 3)
    assert words.coverage([], "anything") == 0


def test_long_input_takes_little_time() -> None:
    for piece in ("talk to a ", "not ", "(", "mit einem ", "a" * 50 + " "):
        words.intent(piece * 50_000)


def evidence(**values: float | None) -> Evidence:
    given: dict[str, float | None] = {
        "cosine": 0.7,
        "nearest": 0.7,
        "margin": 0.2,
        "coverage": 0.8,
        "bm25": 9,
    }
    return Evidence(**(given | values), content_words=3)  # type: ignore[arg-type]  # plain numbers


def test_confidence_grows_with_each_kind_of_evidence() -> None:
    sure = decide.confidence(evidence())

    assert sure > decide.confidence(evidence(cosine=0.6))
    assert sure > decide.confidence(evidence(nearest=0.6))
    assert sure > decide.confidence(evidence(margin=0.1))
    assert 0 < decide.confidence(evidence(cosine=-1.0)) < sure < 1


def test_each_limit_refuses_for_its_own_reason() -> None:
    assert decide.judge(evidence(), Limits()).answers
    assert decide.judge(evidence(nearest=0.2, margin=0.0), Limits()).refusal == "not_sure"
    assert decide.judge(evidence(), Limits(margin=0.3)).refusal == "ambiguous"
    assert decide.judge(evidence(), Limits(coverage=0.9)).refusal == "words_missing"


def test_words_alone_must_prove_more() -> None:
    assert decide.confidence(evidence(cosine=None, nearest=None, bm25=2)) < 0.5
    assert decide.confidence(evidence(cosine=None, nearest=None, coverage=0.2)) < 0.5
    assert decide.confidence(evidence(cosine=None, nearest=None, coverage=1.0)) > 0.5
