"""What is said about procedures, in six languages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rapport.ai.procedures.running.effects import Option


@dataclass(frozen=True, slots=True)
class _Tongue:
    which: str
    joined: str
    nothing: str
    handed_over: str
    approval: str


_TONGUES: Final[Mapping[str, _Tongue]] = {
    "en": _Tongue(
        which="I am not sure what you need. Is it: {names}?",
        joined="or",
        nothing="I can't tell what you need. Please tell me in other words what I can do for you.",
        handed_over="I am passing this on to a colleague, with all you have told me.",
        approval="A colleague has to agree to this first. I will come back to you.",
    ),
    "de": _Tongue(
        which="Ich bin nicht sicher, was Sie brauchen. Geht es um: {names}?",
        joined="oder",
        nothing="Ich verstehe noch nicht, was Sie brauchen. Bitte sagen Sie es mit anderen Worten.",
        handed_over="Ich gebe das weiter, mit allem, was Sie mir gesagt haben.",
        approval="Dem muss zuerst jemand aus dem Team zustimmen. Ich melde mich wieder.",
    ),
    "es": _Tongue(
        which="No estoy seguro de lo que necesita. ¿Se trata de: {names}?",
        joined="o",
        nothing="No entiendo lo que necesita. Dígamelo con otras palabras, por favor.",
        handed_over="Se lo paso a un compañero, con todo lo que me ha contado.",
        approval="Primero tiene que aprobarlo un compañero. Le aviso después.",
    ),
    "fr": _Tongue(
        which="Je ne suis pas sûr de ce dont vous avez besoin. S'agit-il de : {names} ?",
        joined="ou",
        nothing="Je ne comprends pas ce dont vous avez besoin. Merci de le dire autrement.",
        handed_over="Je transmets à un collègue, avec tout ce que vous m'avez dit.",
        approval="Un collègue doit d'abord donner son accord. Je reviens vers vous.",
    ),
    "pt": _Tongue(
        which="Não tenho a certeza do que precisa. É: {names}?",
        joined="ou",
        nothing="Não percebo o que precisa. Diga-o por outras palavras, por favor.",
        handed_over="Passo o assunto a um colega, com tudo o que me disse.",
        approval="Um colega tem de concordar primeiro. Volto a contactá-lo.",
    ),
    "ar": _Tongue(
        which="لست متأكدًا مما تحتاجه. هل تقصد: {names}؟",
        joined="أو",
        nothing="لا أفهم ما تحتاجه. من فضلك قله بكلمات أخرى.",
        handed_over="سأحوّل طلبك إلى أحد الزملاء مع كل ما ذكرته لي.",
        approval="يجب أن يوافق أحد الزملاء أولًا. سأعود إليك.",
    ),
}


def which(names: Sequence[str], language: str) -> str:
    """Which of some procedures is meant."""
    tongue = _tongue(language)
    joined = f" {tongue.joined} ".join([", ".join(names[:-1]), names[-1]])
    return tongue.which.format(names=joined)


def option(name: str, id_: str) -> Option:
    """A procedure as something to choose."""
    return Option(id_, name)


def nothing(language: str) -> str:
    """That no procedure fits."""
    return _tongue(language).nothing


def handed_over(language: str) -> str:
    """That a person goes on."""
    return _tongue(language).handed_over


def approval(language: str) -> str:
    """That somebody must agree first."""
    return _tongue(language).approval


def _tongue(language: str) -> _Tongue:
    return _TONGUES.get(language.replace("_", "-").split("-")[0].lower(), _TONGUES["en"])
