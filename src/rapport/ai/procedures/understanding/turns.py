"""What a customer does besides answering: call off, correct, ask for one more, refuse."""

import re
from typing import Final

from rapport.kernel.folding import fold

_MAX_CHARS: Final = 600
_CANCEL: Final = re.compile(
    r"\b(?:never ?mind|forget (?:it|that|about it)|leave it|drop it|"
    r"(?:stop|cancel|abort) (?:this|that|here|everything|the whole thing|the conversation)|"
    r"i(?:'ve| have)? changed my mind|don't bother|no longer interested|"
    r"vergiss (?:es|das)|vergessen sie (?:es|das)|lassen (?:sie|wir) (?:es|das)|lass (?:es|das)|"
    r"hat sich erledigt|(?:brechen sie|wir brechen) (?:es |das )?ab|abbrechen|"
    r"laissez tomber|laisse tomber|oubliez|oublie (?:ca|tout)|tant pis|j'ai change d'avis|"
    r"olvidalo|olvidelo|dejalo|dejelo|no importa|he cambiado de (?:idea|opinion)|"
    r"esqueca|esquece|deixa (?:pra|para) la|deixe estar|mudei de ideia)\b"
    r"|(?:انس|انسى) (?:الامر|الموضوع)|لا يهم|غيرت رايي|الغ كل شيء"
)
_CORRECTION: Final = re.compile(
    r"\b(?:sorry|actually|i meant?|i mean|wrong (?:order|number|one|address|e ?mail)|"
    r"the other|correction|mistyped|typo|rather|not that|should be|instead|"
    r"entschuldigung|ich meinte?|eigentlich|die andere|das andere|falsche|vertippt|statt ?dessen|"
    r"pardon|desole|je voulais dire|en fait|l'autre|plutot|"
    r"perdon|quise decir|queria decir|en realidad|el otro|la otra|mas bien|"
    r"desculpe|quis dizer|queria dizer|na verdade|o outro|a outra)\b"
    r"|عذرا|اقصد|قصدت|في الواقع|الاخر|الاخرى"
)
_ANOTHER: Final = re.compile(
    r"\b(?:another (?:one|order|item|thing)|one more|the same (?:for|with)|also (?:for|with)|"
    r"(?:noch|auch) (?:eine|einen|ein|fur|mit)|das gleiche (?:fur|mit)|"
    r"(?:un|une) autre|encore (?:un|une)|pareil pour|"
    r"(?:otro|otra) (?:mas|pedido|articulo)|lo mismo (?:para|con)|"
    r"(?:outro|outra|mais (?:um|uma))|o mesmo (?:para|com))\b"
    r"|واحد اخر|طلب اخر|نفس الشيء"
)


def calls_off(text: str) -> bool:
    """Whether a customer wants what is under way no more."""
    return bool(_CANCEL.search(_plain(text)))


def corrects(text: str) -> bool:
    """Whether a customer says that something they said was not right."""
    return bool(_CORRECTION.search(_plain(text)))


def wants_another(text: str) -> bool:
    """Whether a customer wants the same done for something else."""
    return bool(_ANOTHER.search(_plain(text)))


def _plain(text: str) -> str:
    return " ".join(fold(text[:_MAX_CHARS]).replace("\u2019", "'").split())
