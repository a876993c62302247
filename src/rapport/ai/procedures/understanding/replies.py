"""Yes and no, in six languages. A yes is a yes only when nothing else is said with it.

A text agrees when each of its words is one that agrees or says nothing. "Yes, but …" has a word
that is neither, and is asked again: a question too many harms nobody, a yes too many may.
"""

import re
from typing import Final, Literal

from rapport.kernel.folding import fold

Reply = Literal["yes", "no"]
_MAX_CHARS: Final = 400
_WORD: Final = re.compile(r"[^\W_]+(?:'[^\W_]+)?")


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_YES: Final = _set(
    "yes yeah yep yup yea yess aye sure ok okay okey okej k alright absolutely definitely "
    "certainly "
    "indeed correct confirmed confirm agreed agree affirmative proceed exactly right perfect "
    "ja jawohl jo jep jup genau klar einverstanden passt gerne richtig stimmt bestatige korrekt "
    "oui ouais exactement certainement absolument entendu volontiers confirme parfait "
    "si vale claro exacto correcto confirmo adelante perfecto cierto "
    "sim certo exato pode correto perfeito isso "
    "نعم اجل ايوه ايوا موافق موافقه تمام اكيد طيب حسنا بالتاكيد صحيح اوافق اؤكد"
)
_AGREEING: Final = (
    "go ahead",
    "go for it",
    "do it",
    "do that",
    "please do",
    "sounds good",
    "sounds fine",
    "that's fine",
    "that is fine",
    "that's it",
    "looks good",
    "looks right",
    "no problem",
    "no objections",
    "not a problem",
    "mach das",
    "machen sie das",
    "tun sie das",
    "nur zu",
    "in ordnung",
    "kein problem",
    "d'accord",
    "allez y",
    "vas y",
    "c'est bon",
    "pas de probleme",
    "de acuerdo",
    "esta bien",
    "hazlo",
    "hagalo",
    "por supuesto",
    "sin problema",
    "de acordo",
    "esta bem",
    "esta certo",
    "pode fazer",
    "com certeza",
    "sem problema",
    "pode ser",
    "لا مشكله",
    "لا مانع",
    "تفضل",
)
_FILLERS: Final = _set(
    "please thanks thank you very much so that that's this it is it's i i'm am all good great fine "
    "the my with everything to of and a me for your of course would like want cool nice lovely "
    "request change order return exchange refund cancellation update cancel now then well "
    "make happen happy happily very done "
    "bitte danke schon vielen dank das ist ist's so alles gut sehr es ich mochte will und mir sie "
    "s'il vous te plait merci beaucoup c'est ca est bien tres je le la les faites fais moi "
    "por favor gracias muchas muy bien esta lo es hazlo eso "
    "obrigado obrigada muito bem esta o a e eu quero "
    "من فضلك شكرا لك جدا هذا ذلك انا افعل"
)
_NO: Final = _set(
    "no nope nah never stop don't dont cancel abort negative wrong incorrect refuse wait "
    "nein ne nee nicht niemals stopp halt falsch abbrechen "
    "non jamais arrete arretez annulez faux "
    "nunca para pare cancela cancelalo incorrecto mal "
    "nao errado cancele cancelar "
    "لا كلا ابدا توقف خطا الغ"
)
_REFUSING: Final = re.compile(
    r"\b(?:do not|don't|dont|rather not|not (?:now|yet|any more|anymore|do|really|sure)|"
    r"never ?mind|changed my mind|lieber nicht|noch nicht|bitte nicht|auf keinen fall|"
    r"pas (?:encore|maintenant|d'accord)|ne (?:le|la|les)? ?(?:faites|fais) pas|surtout pas|"
    r"mejor no|todavia no|no lo haga|no lo hagas|ainda nao|melhor nao|nao faca)\b"
    r"|لا (?:تفعل|اريد|اوافق)|ليس الان"
)
_ASKS: Final = _set(
    "is are can could do does did will would what how why when which who should may shall "
    "ist kann soll was wie warum est peut puede como pode"
)
"""Who begins so asks something, and agrees to nothing."""
_ASKING: Final = ("?", "\u061f", "\u00bf")


def reply(text: str) -> Reply | None:
    """Whether a text says yes or no to a question; None where it says neither for sure."""
    if len(text) > _MAX_CHARS or any(sign in text for sign in _ASKING):
        return None
    plain = " ".join(_words(text)) or ("yes" if _has_thumb(text) else "")
    rest = plain
    for phrase in _AGREEING:
        rest = re.sub(rf"\b{re.escape(phrase)}\b", " ", rest)
    words = rest.split()
    agrees = rest != plain or any(word in _YES for word in words)
    denies = bool(_REFUSING.search(rest)) or any(word in _NO for word in words)
    if denies:
        return None if agrees and words[:1] and words[0] in _YES else "no"
    if words[:1] and words[0] in _ASKS:
        return None
    is_all_known = all(word in _YES or word in _FILLERS for word in words)
    return "yes" if agrees and is_all_known else None


def _words(text: str) -> list[str]:
    return _WORD.findall(fold(text).replace("\u2019", "'").replace("-", " "))


def _has_thumb(text: str) -> bool:
    return any(sign in text for sign in ("👍", "✅", "👌"))
