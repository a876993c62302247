"""Small words, greetings, thanks and calls for a person, in the languages customers write in.

All entries are folded: no case, no accents. The patterns run over at most 2,000 characters of words
separated by single spaces and contain no nested repetition, so their time is linear.
"""

import re
from typing import Final


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


SMALL_WORDS: Final = {
    "en": _set(
        "the a an is are was were do does did i you he she it we they my your our me us this "
        "that these those and or but not of to in on at for from with by how what when where "
        "which who why can could would should will be been have has had if as so than then "
        "there here please any some just still yet about into out up get got i'm i've don't "
        "doesn't it's can't"
    ),
    "de": _set(
        "der die das ein eine einen einem einer ist sind war ich du er sie es wir ihr mein "
        "meine meinen ihre ihren uns mich mir und oder aber nicht kein keine von zu in auf an "
        "fur mit bei aus nach wie was wann wo wer warum kann konnen wird werden habe hat haben "
        "wenn als so dann noch schon bitte den dem des im zum zur am um auch nur wieder uber ob"
    ),
    "fr": _set(
        "le la les un une des du de est sont je tu il elle nous vous ils mon ma mes votre vos "
        "et ou mais ne pas que qui quoi quand comment pourquoi dans sur pour avec par en au aux "
        "ce cette puis peut avez avoir ai suis plus s'il"
    ),
    "es": _set(
        "el la los las un una de del es son yo tu usted nosotros mi mis su sus y o pero no que "
        "quien cuando como donde por para con en al se lo me puedo puede tengo tiene hay esta "
        "este muy"
    ),
    "it": _set(
        "il lo la gli le un una di del della e sono io tu lei noi mio mia suo o ma non che chi "
        "quando come dove perche per con in al si mi posso puo ho ha questo questa"
    ),
    "nl": _set(
        "de het een is zijn ik jij u wij mijn uw en of maar niet geen van naar in op aan voor "
        "met bij hoe wat wanneer waar wie waarom kan kunnen heb heeft hebben als dan nog al er "
        "om te"
    ),
    "nb": _set(
        "jeg du han hun vi dere min mitt mine din og eller men ikke ingen av til pa for med hos "
        "hvordan hva nar hvor hvem hvorfor kan har hvis som da et en er fra det den noe noen"
    ),
    "sv": _set(
        "jag du han hon vi ni min mitt mina din och eller men inte ingen av till pa for med hos "
        "hur vad nar var vem varfor kan har om som da ett en ar fran det den nagot nagon"
    ),
    "pl": _set(
        "ja ty on ona my wy moj moja moje i lub ale nie z do w na dla przez jak co kiedy gdzie "
        "kto dlaczego moge jest sa mam czy to ten ta sie"
    ),
    "pt": _set(
        "o a os as um uma de do da e ou mas nao que quem quando como onde por para com em eu "
        "voce nos meu minha seu sua posso pode tenho tem isso este esta"
    ),
    "ar": _set("في من على الى عن هل كيف متى اين ما ماذا لماذا انا هو هي هذا هذه لا نعم او و مع كم"),
}

GREETINGS: Final = _set(
    "hello hi hey hiya greetings morning afternoon evening hallo moin servus gruezi tag abend "
    "morgen bonjour salut bonsoir hola buenos buenas dias tardes ciao buongiorno buonasera "
    "salve goedendag hoi hei heisann hej tjena halla czesc witam ola bom dia merhaba مرحبا اهلا "
    "السلام سلام"
)

THANKS: Final = _set(
    "thanks thank thx ty cheers perfect great brilliant wonderful super awesome danke dank "
    "dankeschon merci gracias grazie bedankt dankjewel takk tack tak obrigado obrigada dziekuje "
    "dzieki tesekkurler شكرا ممتاز"
)

_FILLERS: Final = _set(
    "good guten gute god goed dear there team all everyone everybody you so much very a lot "
    "many again that's that this it is was quick help helps helped helpful ok okay okey alright "
    "fine yes no great nice lovely day have for your the and bye goodbye best regards schonen "
    "schone schon vielen viel herzlichen sehr gut prima alles klar beaucoup bien muchas mucho "
    "molte mille tusen mange bra tak hjertelig zusammen liebes sagt ja nein oui non si d'accord "
    "vale jeszcze bardzo جزيلا لك عليكم السلام to answers my question"
)

SMALL_TALK: Final = GREETINGS | THANKS | _FILLERS
THUMBS: Final = ("👍", "🙏", "🙂", "😊", "❤")

STOP: Final = (
    frozenset().union(*SMALL_WORDS.values())
    | GREETINGS
    | _set(
        "thanks thank danke merci gracias grazie takk tack please question questions need want "
        "like know tell help possible much many long often also ask asking wonder wondering "
        "hello would ordered frage fragen mochte wissen sagen hilfe gern gerne moglich viel "
        "lange"
    )
)
"""Words that say nothing about the subject. `order`, `return` and the like are subjects."""


NEGATIONS: Final = _set(
    "not no never none cannot can't don't doesn't won't without nicht kein keine keinen nie ohne "
    "ne pas jamais sans nunca sin ikke aldri inte aldrig uten utan لا لم لن ليس غير"
)


def _any(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(rf"(?:^|\s)(?:{p})(?:\s|$)") for p in patterns)


_A_PERSON: Final = (
    "(?:a |an |the |your )?(?:real |live |actual |human )?"
    "(?:human|person|agent|people|someone|somebody|representative|rep|colleague|employee|operator|"
    "staff|advisor|adviser|supervisor|manager|human being|member of staff|customer service|support)"
)

_SOMEBODY: Final = (
    "(?:a |an |the )?(?:real |live |actual |human )?"
    "(?:human|person|agent|representative|colleague|operator|human being)"
)

PERSON: Final = _any(
    rf"(?:talk|speak|chat|connect|connected|transfer|transferred|escalate|put through)(?: me)?"
    rf"(?: directly)? (?:to|with) {_A_PERSON}",
    rf"(?:want|need|like|get|give me|prefer|rather have) {_SOMEBODY}",
    "(?:human|agent|operator|representative|real person) please",
    "(?:is|are) (?:there|this) (?:a |any )?(?:human|real person|person|bot|humans)(?: there)?",
    "(?:human|agent|operator|representative|real person|live chat)(?: now)?(?=$)",
    "not (?:a|to a|with a) (?:bot|robot|machine|computer)",
    "(?:mit )?(?:einem |einer |einen |eine )?(?:echten |richtigen )?(?:menschen|mitarbeiter|"
    "mitarbeiterin|mitarbeitenden|kollegen|berater|person|jemandem|kundendienst|kundenservice)"
    " (?:sprechen|reden|verbinden|chatten|verbunden)",
    "(?:mensch|mitarbeiter|kundenberater) bitte",
    "parler (?:a|avec) (?:un |une |quelqu'un|votre )?(?:humain|personne|conseiller|conseillere|"
    "agent|service client|collegue)?",
    "hablar con (?:un |una |alguien|el )?(?:humano|persona|agente|operador|asesor|servicio)?",
    "parlare con (?:un |una |qualcuno|il )?(?:umano|persona|operatore|operatrice|addetto)?",
    "(?:iemand|een mens|een medewerker|medewerker|een persoon|echt persoon) (?:spreken|praten)",
    "(?:spreken|praten) met (?:iemand|een mens|een medewerker|een persoon|een collega)",
    "(?:snakke|snakka|prata|tale|chatte) (?:med|til) (?:et |en |ei |nagon|noen|nogen)?"
    "(?:menneske|person|kundebehandler|ansatt|medarbeider|medarbejder|manniska|kollega)?",
    "falar com (?:um |uma |alguem|o )?(?:humano|pessoa|atendente|agente)?",
    "(?:porozmawiac|rozmawiac|polaczyc) z (?:czlowiekiem|konsultantem|kims|pracownikiem|osoba)",
    "(?:التحدث|اتحدث|اتكلم|اكلم|التكلم) (?:الى|مع) ?(?:شخص|موظف|انسان|احد|موظفه)?",
)

UNHELPFUL: Final = _any(
    "(?:does not|doesn't|didn't|did not|that does not|don't|not) (?:really |quite )?"
    "(?:help|answer|solve|work)(?: it| me| my question| my problem)?",
    "not (?:what i|the answer|helpful|useful|my question)(?: asked| meant| wanted| need)?",
    "(?:wrong|bad|useless) answer",
    "i (?:have |already |have already )?(?:tried|read|did) (?:that|this|it)(?: already)?",
    "(?:that|this) is (?:not|general|wrong|useless)(?: \\w+)?",
    "(?:somebody|someone) (?:please )?(?:look|check|call)(?: at| into)?(?: it)?",
    "(?:hilft|half|beantwortet|bringt) (?:mir |das |meine frage |mir das )?(?:leider )?nichts?",
    "(?:falsche antwort|das stimmt nicht|nicht hilfreich)",
    "(?:n'aide pas|ne m'aide pas|pas utile|ne repond pas)",
    "(?:no me ayuda|no ayuda|no es lo que)",
    "(?:hjelper ikke|hjalper inte|hjaelper ikke|helpt niet|non aiuta|nao ajuda|nie pomaga)",
    "(?:لا يساعد|لم يساعد|ليس هذا)",
)
