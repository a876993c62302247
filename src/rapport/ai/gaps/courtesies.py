"""What agents write around an answer: greetings, thanks, apologies, signatures. Six languages.

Compared with folded lines (no case, no accents) of at most a few hundred characters; no pattern
repeats within a repetition, so their time is linear.
"""

import re
from typing import Final

_HELLO: Final = (
    "hello|hi|hey|hiya|dear|good (?:morning|afternoon|evening|day)|greetings"
    "|hallo|guten (?:tag|morgen|abend)|moin|servus|gruezi|liebe[rs]?|sehr geehrte[rs]?"
    "|hola|buenos dias|buenas (?:tardes|noches)|estimad[oa]s?|querid[oa]s?"
    "|bonjour|bonsoir|salut|cher|chere|madame|monsieur"
    "|ola|oi|bom dia|boa (?:tarde|noite)|prezad[oa]s?|car[oa]s?"
    "|مرحبا|اهلا|السلام عليكم|عزيزي|عزيزتي"
)
GREETING: Final = re.compile(
    rf"^\W{{0,3}}(?:{_HELLO})\b(?:\s+[\w.'-]{{1,40}}){{0,4}}\s*(?:[,.:;!،]+|$)\s*"
)
"""The beginning of a folded line that only says hello, and to whom."""
HELLO: Final = re.compile(rf"^\W{{0,3}}(?:{_HELLO})\b")
"""The hello alone."""

_BYE: Final = (
    "(?:best|kind|warm|many)(?: regards| wishes)?|regards|sincerely|yours(?: sincerely| truly)?"
    "|cheers|all the best|thanks|thank you|many thanks"
    "|(?:mit )?(?:freundliche[nm]?|viele[n]?|liebe|beste|herzliche) gru(?:ss|sse|ssen)|mfg|lg|vg"
    "|saludos(?: cordiales)?|un saludo|cordialmente|atentamente|gracias"
    "|cordialement|bien a vous|bien cordialement|salutations|sinceres salutations|merci"
    "|atenciosamente|cumprimentos|abracos|um abraco|obrigad[oa]"
    "|مع التحية|مع تحياتي|تحياتي|شكرا"
)
SIGN_OFF: Final = re.compile(rf"^\W{{0,3}}(?:--|(?:{_BYE})\W{{0,3}}$)|^--\s*$")
"""A line after which there is only a signature."""
SHORT_SIGN_OFF: Final = re.compile(rf"^\W{{0,3}}(?:{_BYE})\b[^.!?]{{0,40}}$")
"""The same with a name on it; only believed of one of a message's last lines."""

COURTESY: Final = re.compile(
    "thank(?:s| you)(?: so much| very much)? for (?:your|reaching|getting|contacting|writing|the|"
    "letting|waiting|you)"
    "|(?:hope|glad) (?:this|that|it|i|we|to|you)\\b.{0,30}(?:help|well|hear|useful)"
    "|let (?:me|us) know if|do not hesitate|don't hesitate|feel free to (?:ask|contact|reach|write)"
    "|(?:sorry|apologi[sz]e|apologies) (?:for|to hear|about|that)"
    "|anything else (?:i|we) can"
    "|have a (?:great|nice|good|lovely|wonderful)|happy to help|reach out (?:again|if|to us)"
    "|(?:vielen |herzlichen |besten )?dank fur|danke fur|tut mir leid|tut uns leid|entschuldig"
    "|melden sie sich|melde dich|bei (?:weiteren )?(?:ruck)?fragen"
    "|schonen (?:tag|abend)|gerne wieder"
    "|ich hoffe|hoffe, das|wunsche (?:ihnen|dir)"
    "|gracias por|lamento|lamentamos|disculp|no dud(?:e|es) en|espero que|que tenga"
    "|merci (?:de|pour|d')|desole|nous excus|veuillez nous excuser|n'hesite[zr]? pas|j'espere"
    "|bonne (?:journee|soiree)|obrigad[oa] por|lament|desculp|pedimos desculpa|nao hesite"
    "|tenha um (?:bom|otimo)|شكرا ل|نعتذر|نأسف|لا تتردد|نتمنى لك"
)
"""Anywhere in a sentence: it is said to be kind, and answers nothing."""

PERSONAL_CASE: Final = re.compile(
    "\\b(?:i|i['\u2019](?:m|ve|ll|d)|today|yesterday|tomorrow|tonight)\\b"
    "|\\b(?:ich|heute|gestern|morgen)\\b"
    "|\\b(?:yo|hoy|ayer|manana|he \\w{2,20}(?:ado|ido))\\b"
    "|\\b(?:je|j['\u2019]ai|aujourd['\u2019]hui|hier|demain)\\b"
    "|\\b(?:eu|hoje|ontem|amanha)\\b"
    "|(?:^|\\s)(?:انا|اليوم|غدا|امس)(?:\\s|$)"
)
"""A sentence about one case: who answers speaks of themselves, or of a day."""

_CALLED: Final = (
    r"my name is|name['\u2019]s|this is|i am|i['\u2019]m|ich hei(?:ß|ss)e|mein name ist|ich bin"
    r"|me llamo|mi nombre es|soy|je m['\u2019]appelle|mon nom est|je suis|meu nome (?:é|e)"
    r"|me chamo|sou"
)
_CAPITAL: Final = r"[^\W\d_a-zß-öø-ÿ][\w'\u2019-]{1,30}"
TOLD_NAME: Final = re.compile(
    rf"(?:(?i:\b(?:{_CALLED}))|اسمي)\s{{1,3}}(?P<who>{_CAPITAL}(?:\s{_CAPITAL}){{0,2}})"
)
"""Somebody says what they are called; of letters with two cases a name begins with the large."""
