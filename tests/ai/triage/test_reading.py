"""A message's language, emotion and urgency are read in six languages, and never with more words
than there are."""

import time

import numpy as np
import pytest

from rapport.ai.triage.reading import Reader
from rapport.ai.triage.urgency.model import FLAGS, LEVELS, OF_MOOD

DANGER = {
    "en": "There is smoke coming out of the heater and it smells of gas, what should I do?",
    "de": "Aus der Heizung kommt Rauch und es riecht nach Gas, was soll ich tun?",
    "fr": "De la fumée sort du radiateur et ça sent le gaz, que dois-je faire ?",
    "es": "Sale humo del calentador y huele a gas, ¿qué debo hacer?",
    "pt": "Está saindo fumaça do aquecedor e tem cheiro de gás, o que devo fazer?",
    "ar": "يخرج دخان من المدفأة وهناك رائحة غاز، ماذا أفعل؟",
}
CALM = {
    "en": "This is not urgent, take your time: which colours do you have?",
    "de": "Das ist nicht dringend, lassen Sie sich Zeit: Welche Farben haben Sie?",
    "fr": "Ce n'est pas urgent, prenez votre temps : quelles couleurs avez-vous ?",
    "es": "No es urgente, tómense su tiempo: ¿qué colores tienen?",
    "pt": "Não é urgente, quando puderem: que cores vocês têm?",
    "ar": "الموضوع مو مستعجل، خذوا وقتكم: ما الألوان المتوفرة عندكم؟",
}
THEFT = {
    "en": "Somebody hacked my account and is buying things with my card right now!",
    "de": "Jemand hat mein Konto gehackt und kauft gerade mit meiner Karte ein!",
    "fr": "Quelqu'un a piraté mon compte et achète avec ma carte en ce moment !",
    "es": "¡Alguien hackeó mi cuenta y está comprando con mi tarjeta ahora mismo!",
    "pt": "Alguém invadiu minha conta e está comprando com meu cartão agora!",
    "ar": "أحد اخترق حسابي ويشتري ببطاقتي الآن!",
}
PERSON = {
    "en": "I don't want a bot, let me speak to a human please",
    "de": "Ich will keinen Bot, ich möchte bitte mit einem Menschen sprechen",
    "fr": "Je ne veux pas de robot, je veux parler à un conseiller humain",
    "es": "No quiero un bot, páseme con una persona por favor",
    "pt": "Não quero robô, quero falar com um atendente humano",
    "ar": "لا أريد روبوت، أريد التحدث مع موظف",
}
NO_PERSON = {
    "en": "How do I change the address of my delivery?",
    "de": "Wie ändere ich die Adresse meiner Lieferung?",
    "fr": "Comment changer l'adresse de ma livraison ?",
    "es": "¿Cómo cambio la dirección de mi entrega?",
    "pt": "Como mudo o endereço da minha entrega?",
    "ar": "كيف أغير عنوان التوصيل؟",
}
JOY = {
    "en": "Thank you so much, this is wonderful, I love it!",
    "de": "Vielen Dank, das ist wunderbar, ich bin begeistert!",
    "fr": "Merci beaucoup, c'est magnifique, j'adore !",
    "es": "¡Muchas gracias, es maravilloso, me encanta!",
    "pt": "Muito obrigada, é maravilhoso, adorei!",
    "ar": "شكرا جزيلا، رائع جدا، أنا سعيدة!",
}
ANGER = {
    "en": "This is unacceptable! I am furious, you are the worst company ever.",
    "de": "Das ist eine Frechheit! Ich bin stinksauer, die schlimmste Firma überhaupt.",
    "fr": "C'est inadmissible ! Je suis furieux, vous êtes la pire entreprise.",
    "es": "¡Esto es inaceptable! Estoy furioso, son la peor empresa.",
    "pt": "Isso é um absurdo! Estou furioso, vocês são a pior empresa.",
    "ar": "هذا غير مقبول! أنا غاضب جدا، أنتم أسوأ شركة.",
}
CONFUSION = {
    "en": "I don't understand this, I am confused: what does this mean?",
    "de": "Ich verstehe das nicht, ich bin verwirrt: Was bedeutet das?",
    "fr": "Je ne comprends pas, je suis perdu : qu'est-ce que ça veut dire ?",
    "es": "No entiendo nada, estoy confundido: ¿qué significa esto?",
    "pt": "Não entendi nada, estou confuso: o que significa isso?",
    "ar": "مو فاهم، أنا محتار: ايش يعني هذا؟",
}
DISTRESS = {
    "en": "I am so worried and scared, I don't know what to do, please help me",
    "de": "Ich habe solche Angst und weiß nicht, was ich tun soll, bitte helfen Sie mir",
    "fr": "J'ai très peur, je suis inquiète et je ne sais pas que faire, aidez-moi",
    "es": "Tengo mucho miedo, estoy preocupada y no sé qué hacer, ayúdenme",
    "pt": "Estou com muito medo, preocupada, não sei o que fazer, me ajudem",
    "ar": "أنا خايفة وقلقانة جدا ولا أعرف ماذا أفعل، ساعدوني أرجوكم",
}
LANGUAGES = sorted(DANGER)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(among=LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_danger_hurries_and_what_is_not_urgent_does_not(reader: Reader, language: str) -> None:
    danger, calm = reader.read([DANGER[language], CALM[language]])

    assert danger.language.code == calm.language.code == language
    assert danger.urgency in {"high", "critical"}
    assert danger.flags["safety"] > 0.5
    assert calm.urgency in {"low", "normal"}
    assert calm.urgent < 0.3


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_stolen_account_is_a_matter_of_security(reader: Reader, language: str) -> None:
    (theft,) = reader.read([THEFT[language]])

    assert theft.urgent > 0.5
    assert theft.flags["security"] > 0.5


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_asks_for_a_person_is_understood(reader: Reader, language: str) -> None:
    wish, question = reader.read([PERSON[language], NO_PERSON[language]])

    assert wish.wants_person > 0.7
    assert question.wants_person < 0.3


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("emotion", "sentences"),
    [
        ("joy", JOY),
        ("anger", ANGER),
        ("confusion", CONFUSION),
        ("distress", DISTRESS),
        ("neutral", NO_PERSON),
    ],
)
def test_emotions_are_told_apart(
    reader: Reader, language: str, emotion: str, sentences: dict[str, str]
) -> None:
    (found,) = reader.read([sentences[language]])

    assert found.emotion == emotion
    assert (found.strength > 0) == (emotion != "neutral")


def test_shouting_makes_an_emotion_stronger(reader: Reader) -> None:
    said, shouted = reader.read(["I am so angry about this", "I AM SO ANGRY ABOUT THIS!!!"])

    assert shouted.strength > said.strength


@pytest.mark.parametrize(
    "text",
    [
        "I want to end it all, nobody helps me",
        "Ich kann nicht mehr, ich will sterben",
        "je n'en peux plus, plus envie de vivre",
        "ya no quiero vivir, quiero morir",
        "não quero mais viver",
        "أفكر في الانتحار",
    ],
)
def test_who_speaks_of_ending_their_life_is_never_overlooked(reader: Reader, text: str) -> None:
    (found,) = reader.read([text])

    assert found.urgency == "critical"
    assert found.flags["vulnerable"] >= 0.9
    assert found.flags["safety"] >= 0.9


def test_words_of_alarm_in_praise_are_no_alarm(reader: Reader) -> None:
    praise, question = reader.read(
        ["Love the fire engine toy, my son is so happy, great job!", "Do you sell smoke detectors?"]
    )

    assert praise.urgency in {"low", "normal"}
    assert question.urgency in {"low", "normal"}


@pytest.mark.parametrize("text", ["", "   \n", "👍", "12345", "???"])
def test_hardly_any_words_are_read_with_little_certainty(reader: Reader, text: str) -> None:
    (found,) = reader.read([text])

    assert found.language.code is None
    assert found.urgency in {"low", "normal"}
    assert found.wants_person < 0.3


@pytest.mark.parametrize("text", [DANGER["en"], PERSON["de"], "", "\x00\ud800 hello", "1 " * 99])
def test_probabilities_are_probabilities(reader: Reader, text: str) -> None:
    (found,) = reader.read([text])

    assert sum(found.levels.values()) == pytest.approx(1, abs=1e-4)
    assert sum(found.emotions.values()) == pytest.approx(1, abs=1e-4)
    assert tuple(found.levels) == LEVELS
    assert tuple(found.flags) == FLAGS
    assert set(found.emotions) == set(OF_MOOD.values())
    shares = [*found.levels.values(), *found.flags.values(), found.wants_person, found.strength]
    assert all(0 <= share <= 1 for share in shares)


def test_texts_are_read_in_their_order_and_none_is_as_none(reader: Reader) -> None:
    texts = [DANGER["en"], JOY["fr"], CALM["ar"]]

    assert reader.read(texts) == [reader.read([text])[0] for text in texts]
    assert reader.read([]) == []


def test_vectors_of_another_embedder_are_not_looked_at() -> None:
    vectors = np.full((1, 384), 1.0, np.float32)
    reader = Reader(embedder="another", among=LANGUAGES)

    assert reader.read([DANGER["en"]], vectors) == reader.read([DANGER["en"]])


def test_the_vectors_of_our_embedder_are_looked_at_in_english_only() -> None:
    vectors = np.eye(1, 384, dtype=np.float32)
    reader = Reader(embedder="all-MiniLM-L6-v2/int8/1", among=LANGUAGES)

    assert reader.read([DANGER["en"]], vectors) != reader.read([DANGER["en"]])
    assert reader.read([DANGER["de"]], vectors) == reader.read([DANGER["de"]])


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "smoke ",
        "!",
        "l'",
        "وال",
        "_",
        "-",
        "😡",
        "ﷺ",
        "a\u0301",
        "\ud800",
        "gas-",
        "A ",
        "\x00",
    ],
)
def test_any_long_text_takes_little_time(reader: Reader, piece: str) -> None:
    reader.read(["warm up"])
    begun = time.process_time()

    reader.read([piece * 100_000])

    assert time.process_time() - begun < 0.25


def test_what_comes_after_the_beginning_changes_nothing(reader: Reader) -> None:
    beginning = "the parcel has not arrived yet " * 70

    assert reader.read([beginning]) == reader.read([beginning + "fire fire fire" * 5_000])
