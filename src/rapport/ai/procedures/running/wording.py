"""What the assistant says where a procedure says nothing itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from rapport.ai.procedures.language.functions import FUNCTIONS


@dataclass(frozen=True, slots=True)
class _Tongue:
    question: str
    because: str
    example: str
    confirm: str
    undo: str
    declined: str
    invalid: str
    back: str


_TONGUES: Final[Mapping[str, _Tongue]] = {
    "en": _Tongue(
        question="Please tell me: {label}.",
        because="Why I ask: {reason}",
        example="For example: {example}",
        confirm="{about}: {details}. Shall I do this? (yes/no)",
        undo="I have already done this: {about} ({details}). Shall I undo it? (yes/no)",
        declined="All right, I have not done it.",
        invalid="I cannot take that as {label}.",
        back="Back to where we were.",
    ),
    "de": _Tongue(
        question="Bitte nennen Sie mir: {label}.",
        because="Warum ich frage: {reason}",
        example="Zum Beispiel: {example}",
        confirm="{about}: {details}. Soll ich das tun? (ja/nein)",
        undo="Das habe ich schon getan: {about} ({details}). Soll ich es rückgängig machen? "
        "(ja/nein)",
        declined="In Ordnung, ich habe nichts getan.",
        invalid="Das kann ich nicht als {label} nehmen.",
        back="Zurück zu dem, wo wir waren.",
    ),
    "es": _Tongue(
        question="Por favor, indíqueme: {label}.",
        because="Por qué lo pregunto: {reason}",
        example="Por ejemplo: {example}",
        confirm="{about}: {details}. ¿Lo hago? (sí/no)",
        undo="Esto ya está hecho: {about} ({details}). ¿Lo deshago? (sí/no)",
        declined="De acuerdo, no lo he hecho.",
        invalid="No puedo tomar eso como {label}.",
        back="Volvemos a lo de antes.",
    ),
    "fr": _Tongue(
        question="Merci de m'indiquer : {label}.",
        because="Pourquoi je le demande : {reason}",
        example="Par exemple : {example}",
        confirm="{about} : {details}. Dois-je le faire ? (oui/non)",
        undo="C'est déjà fait : {about} ({details}). Dois-je l'annuler ? (oui/non)",
        declined="D'accord, je n'ai rien fait.",
        invalid="Je ne peux pas prendre cela comme {label}.",
        back="Revenons où nous en étions.",
    ),
    "pt": _Tongue(
        question="Diga-me, por favor: {label}.",
        because="Porque pergunto: {reason}",
        example="Por exemplo: {example}",
        confirm="{about}: {details}. Posso fazer isto? (sim/não)",
        undo="Isto já está feito: {about} ({details}). Devo desfazer? (sim/não)",
        declined="Está bem, não o fiz.",
        invalid="Não posso aceitar isso como {label}.",
        back="Voltemos ao que estávamos a tratar.",
    ),
    "ar": _Tongue(
        question="من فضلك أخبرني: {label}.",
        because="سبب السؤال: {reason}",
        example="مثلًا: {example}",
        confirm="{about}: {details}. هل أفعل ذلك؟ (نعم/لا)",
        undo="لقد تم هذا بالفعل: {about} ({details}). هل أتراجع عنه؟ (نعم/لا)",
        declined="حسنًا، لم أفعل ذلك.",
        invalid="لا أستطيع قبول ذلك: {label}.",
        back="نعود إلى ما كنا فيه.",
    ),
}
LANGUAGES: Final = tuple(_TONGUES)


def question(label: str, reason: str, example: str, language: str) -> str:
    """The question for something that has none of its own."""
    tongue = _tongue(language)
    lines = [tongue.question.format(label=label)]
    if example:
        lines.append(tongue.example.format(example=example))
    if reason:
        lines.append(tongue.because.format(reason=reason))
    return "\n".join(lines)


def confirm(about: str, arguments: Mapping[str, Any], language: str) -> str:
    """Whether something may be done."""
    return _tongue(language).confirm.format(about=about, details=_details(arguments))


def undo(about: str, arguments: Mapping[str, Any], language: str) -> str:
    """Whether something may be undone."""
    return _tongue(language).undo.format(about=about, details=_details(arguments))


def declined(language: str) -> str:
    """That nothing was done."""
    return _tongue(language).declined


def invalid(label: str, language: str) -> str:
    """That an answer is not possible."""
    return _tongue(language).invalid.format(label=label)


def back(language: str) -> str:
    """That what was under way before goes on."""
    return _tongue(language).back


def _details(arguments: Mapping[str, Any]) -> str:
    return ", ".join(
        f"{name.replace('_', ' ')}: {FUNCTIONS['text'](value)}" for name, value in arguments.items()
    )


def _tongue(language: str) -> _Tongue:
    return _TONGUES.get(language.replace("_", "-").split("-")[0].lower(), _TONGUES["en"])
