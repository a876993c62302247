"""What the assistant says of its own accord, in the customer's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Phrases:
    """The sentences of one language."""

    greeting: str
    welcome: str
    handover: str
    more: str
    """Below its first answer: that a person is a word away."""
    solved: str
    """What a source is called that is no text for everybody."""
    letter: str
    """How a letter begins; `{name}` is the customer's name behind a space, or nothing."""


_PHRASES: Final[Mapping[str, Phrases]] = {
    "en": Phrases(
        "Hello! How can I help you?",
        "You're welcome! Just write if there is anything else.",
        "I am passing you to a colleague, who will answer you here. You do not have to ask again.",
        "Not what you were looking for? Ask for a person, and I will bring in a colleague.",
        "A question that we answered before",
        "Hello{name},",
    ),
    "de": Phrases(
        "Guten Tag! Wie kann ich Ihnen helfen?",
        "Gern geschehen! Schreiben Sie einfach, wenn noch etwas ist.",
        "Ich gebe Sie an eine Kollegin oder einen Kollegen weiter; die Antwort kommt hier. "
        "Sie müssen nicht noch einmal fragen.",
        "Nicht das, was Sie suchten? Fragen Sie nach einem Menschen, und ich hole jemanden dazu.",
        "Eine Frage, die wir schon einmal beantwortet haben",
        "Guten Tag{name},",
    ),
    "ar": Phrases(
        "مرحباً! كيف يمكنني مساعدتك؟",
        "على الرحب والسعة! اكتب لنا إذا احتجت إلى أي شيء آخر.",
        "سأحوّلك إلى أحد الزملاء وسيجيبك هنا. لست بحاجة إلى إعادة السؤال.",
        "أليس هذا ما تبحث عنه؟ اطلب التحدث مع شخص وسأستدعي أحد الزملاء.",
        "سؤال سبق أن أجبنا عنه",
        "مرحباً{name}،",
    ),
    "fr": Phrases(
        "Bonjour ! Comment puis-je vous aider ?",
        "Avec plaisir ! Écrivez-nous s'il y a autre chose.",
        "Je vous passe un collègue, qui vous répondra ici. Inutile de reposer votre question.",
        "Ce n'est pas ce que vous cherchiez ? Demandez une personne et j'appelle un collègue.",
        "Une question à laquelle nous avons déjà répondu",
        "Bonjour{name},",
    ),
    "es": Phrases(
        "¡Hola! ¿En qué puedo ayudarle?",
        "¡De nada! Escríbanos si necesita algo más.",
        "Le paso con un compañero, que le responderá aquí. No hace falta que repita la pregunta.",
        "¿No es lo que buscaba? Pida hablar con una persona y avisaré a un compañero.",
        "Una pregunta que ya hemos respondido",
        "Hola{name}:",
    ),
    "it": Phrases(
        "Buongiorno! Come posso aiutarla?",
        "Prego! Ci scriva se serve altro.",
        "La passo a un collega, che le risponderà qui. Non deve ripetere la domanda.",
        "Non è quello che cercava? Chieda di una persona e chiamo un collega.",
        "Una domanda a cui abbiamo già risposto",
        "Buongiorno{name},",
    ),
    "nl": Phrases(
        "Hallo! Waarmee kan ik u helpen?",
        "Graag gedaan! Schrijf gerust als er nog iets is.",
        "Ik geef u door aan een collega, die u hier antwoordt. U hoeft het niet te herhalen.",
        "Niet wat u zocht? Vraag naar een medewerker, dan haal ik een collega erbij.",
        "Een vraag die we al eerder hebben beantwoord",
        "Hallo{name},",
    ),
    "nb": Phrases(
        "Hei! Hva kan jeg hjelpe deg med?",
        "Bare hyggelig! Skriv gjerne hvis det er noe mer.",
        "Jeg setter deg over til en kollega, som svarer deg her. Du trenger ikke spørre på nytt.",
        "Ikke det du lette etter? Be om et menneske, så henter jeg en kollega.",
        "Et spørsmål vi har besvart før",
        "Hei{name},",
    ),
    "sv": Phrases(
        "Hej! Vad kan jag hjälpa dig med?",
        "Varsågod! Skriv gärna om det är något mer.",
        "Jag lämnar över till en kollega, som svarar dig här. Du behöver inte fråga igen.",
        "Inte det du sökte? Be om en människa, så hämtar jag en kollega.",
        "En fråga som vi har besvarat tidigare",
        "Hej{name},",
    ),
    "pl": Phrases(
        "Dzień dobry! W czym mogę pomóc?",
        "Nie ma za co! Proszę napisać, jeśli potrzeba czegoś jeszcze.",
        "Przekazuję rozmowę koleżance lub koledze; odpowiedź pojawi się tutaj. "
        "Nie trzeba pytać ponownie.",
        "To nie to? Proszę poprosić o rozmowę z człowiekiem, a zawołam kogoś z zespołu.",
        "Pytanie, na które już odpowiadaliśmy",
        "Dzień dobry{name},",
    ),
    "pt": Phrases(
        "Olá! Como posso ajudar?",
        "De nada! Escreva se precisar de mais alguma coisa.",
        "Vou passar a conversa a um colega, que responde aqui. Não precisa de repetir a pergunta.",
        "Não era o que procurava? Peça para falar com uma pessoa e eu chamo um colega.",
        "Uma pergunta a que já respondemos",
        "Olá{name},",
    ),
}


def phrases(language: str) -> Phrases:
    """The sentences of a language, or the English ones."""
    return _PHRASES.get(language.replace("_", "-").split("-")[0].lower(), _PHRASES["en"])
