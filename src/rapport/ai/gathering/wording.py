"""How the assistant asks, in the customer's language and in the form of their channel."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from rapport.ai.gathering.facts import Fact
from rapport.ai.gathering.planning import Ask
from rapport.kernel import cards

_MAX_TITLE: Final = 200
_INPUTS: Final[Mapping[str, str]] = {"email": "email", "phone": "tel", "number": "number"}


@dataclass(frozen=True, slots=True)
class _Tongue:
    one: str
    many: str
    again: str
    because: str
    example: str
    optional: str
    choose: str
    send: str
    give_up: str


_TONGUES: Final[Mapping[str, _Tongue]] = {
    "en": _Tongue(
        one="To help you, I need this from you: **{label}**.",
        many="To help you, I need a few things from you. Just answer below each number:",
        again="I did not find that in your answer.",
        because="Why I ask: {reason}",
        example="For example: {example}",
        optional="if you have it",
        choose="One of: {options}",
        send="Send",
        give_up="No problem. I am passing this on to a colleague, with what you have told me.",
    ),
    "de": _Tongue(
        one="Damit ich Ihnen helfen kann, brauche ich noch: **{label}**.",
        many="Damit ich Ihnen helfen kann, brauche ich noch ein paar Angaben. Antworten Sie "
        "einfach bei jeder Nummer:",
        again="Das habe ich in Ihrer Antwort nicht gefunden.",
        because="Warum ich frage: {reason}",
        example="Zum Beispiel: {example}",
        optional="falls vorhanden",
        choose="Eines von: {options}",
        send="Senden",
        give_up="Kein Problem. Ich gebe das an eine Kollegin oder einen Kollegen weiter, mit dem, "
        "was Sie mir gesagt haben.",
    ),
    "es": _Tongue(
        one="Para ayudarle necesito este dato: **{label}**.",
        many="Para ayudarle necesito algunos datos. Responda junto a cada número:",
        again="No lo he encontrado en su respuesta.",
        because="Por qué lo pregunto: {reason}",
        example="Por ejemplo: {example}",
        optional="si lo tiene",
        choose="Una de estas opciones: {options}",
        send="Enviar",
        give_up="No hay problema. Se lo paso a un compañero, con lo que me ha contado.",
    ),
    "fr": _Tongue(
        one="Pour vous aider, il me faut encore : **{label}**.",
        many="Pour vous aider, il me faut quelques informations. Répondez simplement à chaque "
        "numéro :",
        again="Je ne l'ai pas trouvé dans votre réponse.",
        because="Pourquoi je le demande : {reason}",
        example="Par exemple : {example}",
        optional="si vous l'avez",
        choose="Au choix : {options}",
        send="Envoyer",
        give_up="Aucun problème. Je transmets à un collègue, avec ce que vous m'avez dit.",
    ),
    "pt": _Tongue(
        one="Para o ajudar, preciso deste dado: **{label}**.",
        many="Para o ajudar, preciso de alguns dados. Basta responder junto a cada número:",
        again="Não o encontrei na sua resposta.",
        because="Porque pergunto: {reason}",
        example="Por exemplo: {example}",
        optional="se tiver",
        choose="Uma destas opções: {options}",
        send="Enviar",
        give_up="Não há problema. Passo o assunto a um colega, com o que me contou.",
    ),
    "ar": _Tongue(
        one="لكي أساعدك أحتاج إلى: **{label}**.",
        many="لكي أساعدك أحتاج إلى بعض المعلومات. أجب بجانب كل رقم:",
        again="لم أجد ذلك في إجابتك.",
        because="سبب السؤال: {reason}",
        example="مثلًا: {example}",
        optional="إن وُجد",
        choose="أحد الخيارات: {options}",
        send="إرسال",
        give_up="لا مشكلة. سأحوّل طلبك إلى أحد الزملاء مع ما ذكرته لي.",
    ),
}
LANGUAGES: Final = tuple(_TONGUES)


def question(ask: Ask, language: str) -> str:
    """What is missing, asked in words, as Markdown: one question, or a numbered list."""
    tongue = _tongue(language)
    lines = [tongue.again] if ask.again else []
    if len(ask.facts) == 1:
        (fact,) = ask.facts
        lines += [tongue.one.format(label=fact.label(language)), *_hints(fact, tongue, language)]
        return "\n\n".join(lines)
    items = [
        f"{number}. **{_label(fact, tongue, language)}**"
        + "".join(f"\n   {hint}" for hint in _hints(fact, tongue, language))
        for number, fact in enumerate(ask.facts, 1)
    ]
    return "\n\n".join([*lines, tongue.many, "\n".join(items)])


def form(ask: Ask, language: str) -> cards.FormCard:
    """What is missing, as a form; it is answered by a message with a line `key: value` for each."""
    tongue = _tongue(language)
    return cards.FormCard(
        fields=[
            cards.FormField(
                key=fact.name,
                label=_field(fact, tongue, language),
                type=_INPUTS.get(fact.kind, "text"),
                required=fact.is_required,
            )
            for fact in ask.facts
        ],
        submit_label=tongue.send,
    )


def give_up(language: str) -> str:
    """That a person goes on."""
    return _tongue(language).give_up


def _field(fact: Fact, tongue: _Tongue, language: str) -> str:
    """The label of a field; a form shows no hints, so what may be chosen stands in it."""
    label = _label(fact, tongue, language)
    hint = f" ({', '.join(fact.options(language))})" if fact.kind == "choice" else ""
    if not hint and fact.example:
        hint = f" ({tongue.example.format(example=fact.example)})"
    return f"{label}{hint}"[:_MAX_TITLE]


def _label(fact: Fact, tongue: _Tongue, language: str) -> str:
    label = fact.label(language)
    return label if fact.is_required else f"{label} ({tongue.optional})"


def _hints(fact: Fact, tongue: _Tongue, language: str) -> list[str]:
    hints = []
    if fact.kind == "choice":
        hints.append(tongue.choose.format(options=", ".join(fact.options(language))))
    if fact.example:
        hints.append(tongue.example.format(example=fact.example))
    if fact.reason(language):
        hints.append(tongue.because.format(reason=fact.reason(language)))
    return hints


def _tongue(language: str) -> _Tongue:
    return _TONGUES.get(language.replace("_", "-").split("-")[0].lower(), _TONGUES["en"])
